package io.juxta.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file systems of this machine, as Linux tells of them; elsewhere none is known.
 *
 * @param lines of /proc/mounts: device, place, kind, options
 */
record Mounts(List<String> lines) {
    static Mounts ofThisMachine() {
        try {
            return new Mounts(Files.readAllLines(Path.of("/proc/mounts")));
        } catch (IOException | RuntimeException e) {
            return new Mounts(List.of());
        }
    }

    /** Whether what lies there may not be executed. */
    boolean forbidExecution(Path path) {
        return lines.stream()
                .map(line -> line.split(" "))
                .filter(words -> words.length > 3 && path.startsWith(place(words[1])))
                // of two on the same place the later one is seen
                .reduce((a, b) -> place(b[1]).getNameCount() >= place(a[1]).getNameCount() ? b : a)
                .filter(words -> List.of(words[3].split(",")).contains("noexec"))
                .isPresent();
    }

    private static Path place(String word) {
        return Path.of(word.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"));
    }
}
