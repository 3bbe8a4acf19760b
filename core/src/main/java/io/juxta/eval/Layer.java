package io.juxta.eval;

/** Which output of an encoder is its feature. */
public enum Layer {
    /** The pooled feature under the head, what transfers. */
    BACKBONE,
    /** The embedding that the loss sees. */
    HEAD
}
