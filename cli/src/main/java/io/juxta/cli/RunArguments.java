package io.juxta.cli;

import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.KeptEpochs;
import io.juxta.train.run.RunRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

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
            description =
                    "With --resume: go on from the checkpoint that was kept after epoch N (by keep-every) instead of"
                            + " the last.")
    private Optional<Integer> epoch = Optional.empty();

    /**
     * @throws IllegalArgumentException when the options contradict each other
     */
    void check() {
        if (resume && run.isEmpty()) {
            throw new IllegalArgumentException("--resume needs --run: say which run goes on");
        }
        if (checkpoint.isPresent() && !resume) {
            throw new IllegalArgumentException("--checkpoint needs --resume: a new run begins at the beginning");
        }
        if (epoch.isPresent() && !resume) {
            throw new IllegalArgumentException("--epoch needs --resume: a new run begins at the beginning");
        }
        if (epoch.isPresent() && checkpoint.isPresent()) {
            throw new IllegalArgumentException(
                    "--epoch and --checkpoint both say where to go on from: give one of them");
        }
    }

    /** The recipe of the run that goes on, where the command names none; says so where its file is not whole. */
    Optional<Recipe> recipe() throws IOException {
        if (!resume || run.isEmpty()) {
            return Optional.empty();
        }
        RunRecipe known = RunRecipe.read(run.get(), checkpoint());
        known.remark().ifPresent(System.out::println);
        return Optional.of(known.recipe());
    }

    /**
     * Where the images are: as the command says, or as the run that goes on knows.
     *
     * @throws ParameterException when neither does
     */
    Path data(Optional<Path> given, CommandSpec spec) throws IOException {
        if (given.isPresent()) {
            return given.get();
        }
        if (!resume || run.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "missing required option: '--data=DIR'");
        }
        return KnownData.of(run.get());
    }

    /**
     * @param name of a run that was not told where to go
     * @param data where its images are; empty where they are in no folder
     * @param spec of the command that was given
     * @throws IOException when there is no such checkpoint
     */
    RunPlace place(String name, Optional<Path> data, CommandSpec spec) throws IOException {
        Path folder = run.isPresent() ? run.get() : RunFolders.free(name);
        List<String> words =
                List.of(spec.qualifiedName(" ").split(" ")).stream().skip(1).toList();
        return new RunPlace(
                folder,
                resume ? RunPlace.Mode.RESUME : RunPlace.Mode.NEW,
                checkpoint(),
                data,
                words,
                CommandWords.of(spec));
    }

    /** The checkpoint that the command names; empty for the last. */
    private Optional<Path> checkpoint() throws IOException {
        return epoch.isPresent() && run.isPresent() ? Optional.of(KeptEpochs.of(run.get(), epoch.get())) : checkpoint;
    }
}
