package io.juxta.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where runs go that were not told where to go, and where they are. */
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

    /** The folder of the run that a file of weights lies in, directly or among its checkpoints. */
    static Optional<Path> of(Path weights) {
        Path folder = Optional.ofNullable(weights.getParent()).orElse(Path.of(""));
        Path name = folder.toAbsolutePath().normalize().getFileName();
        Path run = name != null && name.toString().equals("checkpoints")
                ? folder.resolve("..").normalize()
                : folder;
        return Optional.of(run).filter(path -> Files.isRegularFile(path.resolve("recipe.yaml")));
    }
}
