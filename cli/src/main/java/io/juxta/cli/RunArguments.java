package io.juxta.cli;

import io.juxta.train.run.KeptEpochs;
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

    @Option(
            names = "--epoch",
            paramLabel = "N",
            description = "With --resume: go on from the checkpoint that was kept after epoch N (by keep-every) instead of"
                    + " the last.")
    private Optional<Integer> epoch = Optional.empty();

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
        if (epoch.isPresent() && !resume) {
            throw new IllegalArgumentException("--epoch needs --resume: a new run begins at the beginning");
        }
        if (epoch.isPresent() && checkpoint.isPresent()) {
            throw new IllegalArgumentException("--epoch and --checkpoint both say where to go on from: give one of them");
        }
    }

    /** The recipe of a resumed run, where the command names none. */
    Optional<Path> recipe() {
        return resume ? run.map(folder -> folder.resolve("recipe.yaml")) : Optional.empty();
    }

    /**
     * @param name of a run that was not told where to go
     * @param command as it was given
     * @throws IOException when there is no such checkpoint
     */
    RunPlace place(String name, String command) throws IOException {
        Path folder = run.isPresent() ? run.get() : RunFolders.free(name);
        return resume ? RunPlace.resuming(folder, checkpoint(), command) : RunPlace.of(folder, command);
    }

    /** The checkpoint that the command names; empty for the last. */
    private Optional<Path> checkpoint() throws IOException {
        return epoch.isPresent() && run.isPresent()
                ? Optional.of(KeptEpochs.of(run.get(), epoch.get()))
                : checkpoint;
    }
}
