package io.juxta.data;

import org.apiguardian.api.API;

/**
 * Files that lie in a folder of images and are not among them.
 *
 * @param kind why
 * @param count of the files, or of the folders where whole ones are left out; at least 1
 * @param first the name of the first of them, below the folder
 * @param text one line for people: what they are, how many, and the cure where there is one
 */
@API(status = API.Status.INTERNAL)
public record Omission(Kind kind, int count, String first, String text) {
    /** Why files are not taken; what a person will want to know first comes first. */
    public enum Kind {
        /** Pictures of a kind that is not read, or what would be pictures if it were unpacked. */
        FOREIGN,
        /** What may not be opened. */
        CLOSED,
        /** Thumbnails, rubbish bins and the like, which a system keeps for itself. */
        SYSTEM,
        /** Hidden pictures, and pictures in hidden folders. */
        HIDDEN,
        /** Runs, whose pictures are results and not data. */
        RUN,
        /** Links to a folder that they lie in. */
        LOOP,
        /** What is no picture. */
        OTHER
    }

    @Override
    public String toString() {
        return text;
    }
}
