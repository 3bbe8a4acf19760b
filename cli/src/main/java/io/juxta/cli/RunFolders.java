package io.juxta.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where runs go that were not told where to go. */
final class RunFolders {
    private RunFolders() {}

    /** runs/name, or with the first number behind it that is not taken. */
    static Path free(String name) {
        Path folder = Path.of("runs", name);
        for (int number = 2; Files.exists(folder); number++) {
            folder = Path.of("runs", name + "-" + number);
        }
        return folder;
    }
}
