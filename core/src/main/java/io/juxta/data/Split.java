package io.juxta.data;

/** Which part of a data set. */
public enum Split {
    /** What is learned from. */
    TRAIN,
    /** What is held out: a folder called test or, failing that, val. */
    TEST
}
