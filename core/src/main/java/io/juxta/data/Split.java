package io.juxta.data;

import org.apiguardian.api.API;

/** Which part of a data set. */
@API(status = API.Status.EXPERIMENTAL)
public enum Split {
    /** What is learned from. */
    TRAIN,
    /** What is held out: a folder called test or, failing that, val. */
    TEST
}
