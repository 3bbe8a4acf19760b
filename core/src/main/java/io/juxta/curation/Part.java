package io.juxta.curation;

import org.apiguardian.api.API;

/** What a picture is for, by the folder that it lies in. */
@API(status = API.Status.EXPERIMENTAL)
public enum Part {
    /** To learn from. */
    TRAINING,
    /** To judge by. */
    HELD_OUT,
    /** Nothing says what it is for. */
    UNSAID
}
