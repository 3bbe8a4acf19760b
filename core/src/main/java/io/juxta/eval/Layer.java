package io.juxta.eval;

import org.apiguardian.api.API;

/** Which output of an encoder is its feature. */
@API(status = API.Status.EXPERIMENTAL)
public enum Layer {
    /** The pooled feature under the head, what transfers. */
    BACKBONE,
    /** The embedding that the loss sees. */
    HEAD
}
