package io.juxta.runs;

import org.apiguardian.api.API;

/** Text from files that others wrote, for a terminal. */
@API(status = API.Status.EXPERIMENTAL)
public final class Printable {
    private static final int LONGEST = 300;

    private Printable() {}

    /** One line without control characters, which could move a cursor or colour what follows. */
    public static String line(String text) {
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}]", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
