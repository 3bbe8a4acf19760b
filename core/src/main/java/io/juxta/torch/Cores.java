package io.juxta.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apiguardian.api.API;

/** The cores of a machine, as far as they are this process's. */
@API(status = API.Status.INTERNAL)
public final class Cores {
    private Cores() {}

    /**
     * How many cores this process may use. Hardware threads that share a core count once, as the mathematics gains nothing from
     * the second; where the system does not say which share one, each counts.
     */
    public static int ofThisProcess() {
        return of(Runtime.getRuntime().availableProcessors(), Path.of("/sys/devices/system/cpu/cpu0/topology"));
    }

    /**
     * @param processors hardware threads that may be used
     * @param topology the folder in which Linux tells of a processor; it may be missing
     */
    static int of(int processors, Path topology) {
        return Math.max(1, processors / sharing(topology));
    }

    private static int sharing(Path topology) {
        try {
            int count = 0;
            for (String part : Files.readString(topology.resolve("thread_siblings_list"))
                    .trim()
                    .split(",")) {
                String[] range = part.split("-");
                count += Integer.parseInt(range[range.length - 1]) - Integer.parseInt(range[0]) + 1;
            }
            return Math.max(1, count);
        } catch (IOException | RuntimeException e) {
            return 1;
        }
    }
}
