package io.juxta.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a run lives and whether it goes on, to be mixed into the commands that train. */
final class RunArguments {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "The run's folder; a new one below runs/ where this is not given.")
    private Optional<Path> run = Optional.empty();

    @Option(
            names = "--resume",
            description = "Go on from the last checkpoint in --run, by its own recipe where none is given.")
    private boolean resume;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "With --resume: the checkpoint to go on from instead of the last.")
    private Optional<Path> checkpoint = Optional.empty();

    /**
     * @throws IllegalArgumentException when the options contradict each other
     * @throws IOException when there is no run to resume
     */
    void check() throws IOException {
        if (resume && run.isEmpty()) {
            throw new IllegalArgumentException("--resume needs --run: say which run goes on");
        }
        if (resume && !Files.isRegularFile(run.get().resolve("recipe.yaml"))) {
            throw new IOException(run.get() + " holds no run (no recipe.yaml): start it without --resume");
        }
        if (checkpoint.isPresent() && !resume) {
            throw new IllegalArgumentException("--checkpoint needs --resume: a new run begins at the beginning");
        }
    }

    /** The recipe of a resumed run, where the command names none. */
    Optional<Path> recipe() {
        return resume ? run.map(folder -> folder.resolve("recipe.yaml")) : Optional.empty();
    }

    /**
     * @param name of a run that was not told where to go
     * @param command as it was given
     */
    RunPlace place(String name, String command) {
        Path folder = run.isPresent() ? run.get() : RunFolders.free(name);
        return resume ? RunPlace.resuming(folder, checkpoint, command) : RunPlace.of(folder, command);
    }
}
