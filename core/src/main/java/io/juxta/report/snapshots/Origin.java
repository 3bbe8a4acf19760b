package io.juxta.report.snapshots;

import org.apiguardian.api.API;

/**
 * How a run was started, or taken up again.
 *
 * @param command as a shell would take it
 * @param versions of what ran: the program, libtorch, Java
 * @param machine system, processor, cores
 * @param time when, in ISO 8601
 */
@API(status = API.Status.INTERNAL)
public record Origin(String command, String versions, String machine, String time) {
    private static final int LONGEST = 20_000;

    public Origin {
        for (String text : new String[] {command, versions, machine, time}) {
            if (text.length() > LONGEST) {
                throw new IllegalArgumentException(
                        "a text of " + text.length() + " characters is above the limit of " + LONGEST);
            }
        }
    }
}
