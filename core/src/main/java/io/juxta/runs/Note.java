package io.juxta.runs;

import org.apiguardian.api.API;

/**
 * Something that a person should know of the work, when it is known.
 *
 * @param text for people, one line as a rule
 */
@API(status = API.Status.EXPERIMENTAL)
public record Note(Kind kind, String text) {
    /** What a note is about. */
    public enum Kind {
        /** What a folder was taken for, and what of it was left. */
        DATA,
        /** A value of the recipe that was fitted to the data. */
        FITTED,
        /** What will not be as somebody may expect it. */
        WARNING,
        /** That work begins, and on what. */
        BEGUN,
        /** Where a run goes on, and what has changed since. */
        RESUMED,
        /** An epoch of something that is trained to judge by it. */
        EPOCH,
        /** A figure, or what figures are to be compared with. */
        RESULT,
        /** A file that was written. */
        WRITTEN
    }
}
