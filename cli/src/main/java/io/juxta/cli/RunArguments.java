package io.juxta.cli;

import io.juxta.runs.Interruption;
import io.juxta.runs.KnownRun;
import io.juxta.runs.RunRequest;
import io.juxta.runs.RunResult;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.DamagedCheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a run lives and whether it goes on, to be mixed into the commands that train. */
final class RunArguments {
    /** Shown when a run is told to end. */
    private static final String STOPPING = "stopping after this step, with a checkpoint";

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

    @Option(
            names = "--ignore-memory",
            description = "Begin although the run would take more memory than the machine or its container has.")
    private boolean ignoresMemory;

    /** @throws IllegalArgumentException when a run goes on, for which an option of new runs is none */
    void requireNew(String option) {
        if (resume) {
            throw new IllegalArgumentException(option + " is for a new run: leave it out with --resume");
        }
    }

    /**
     * @throws IllegalArgumentException when the options contradict each other
     */
    void check() {
        if (resume && run.isEmpty()) {
            throw new IllegalArgumentException("--resume needs --run: say which run goes on");
        }
        checkpoint.ifPresent(given -> requireResumed("--checkpoint"));
        epoch.ifPresent(given -> requireResumed("--epoch"));
        if (epoch.isPresent() && checkpoint.isPresent()) {
            throw new IllegalArgumentException(
                    "--epoch and --checkpoint both say where to go on from: give one of them");
        }
    }

    private void requireResumed(String option) {
        if (!resume) {
            throw new IllegalArgumentException(option + " needs --resume: a new run begins at the beginning");
        }
    }

    /** The run that goes on. */
    private Optional<KnownRun> known() {
        return run.filter(folder -> resume).map(KnownRun::new);
    }

    /** The recipe of the run that goes on, where the command names none; says so where its file is not whole. */
    Optional<Recipe> recipe() throws IOException {
        Optional<KnownRun> known = known();
        return known.isPresent()
                ? Optional.of(known.get().recipe(checkpoint(), System.out::println))
                : Optional.empty();
    }

    /** A recipe that the command names; where a run goes on by it, with what that run began from. */
    Recipe goingOn(Recipe named) {
        return known().map(run -> run.goingOn(named)).orElse(named);
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
        return known().orElseThrow(
                        () -> new ParameterException(spec.commandLine(), "missing required option: '--data=DIR'"))
                .images();
    }

    /**
     * Trains what is asked for, in the folder that the command names, and tells how it goes.
     *
     * @param otherwise the folder of a run that was not told where to go
     * @param spec of the command that was given
     * @param end what is said of a run that was finished
     */
    <T extends RunRequest<T>> int train(
            T request, Optional<Path> otherwise, CommandSpec spec, QuietOption quiet, Consumer<RunResult> end)
            throws IOException, InterruptedException {
        Optional<Path> folder = run.or(() -> otherwise);
        if (known().isPresent()) {
            request.resuming(known().get().folder(), checkpoint());
        } else if (folder.isPresent()) {
            request.into(folder.get());
        }
        if (ignoresMemory) {
            request.ignoringMemory();
        }
        try (Interruption interruption = Interruption.watch(Screen.ending(STOPPING));
                EpochLine lines = new EpochLine(quiet.style(), request::folder)) {
            RunResult result =
                    request.told(lines).startedBy(CommandWords.of(spec)).start().await();
            if (OtherProcesses.ofEnvironment().isFirst()) {
                result.lines().forEach(System.out::println);
                if (result.saved() && !result.finished()) {
                    System.out.println("stopped; go on with: " + goOn(spec, result.folder()));
                }
            }
            if (result.finished()) {
                end.accept(result);
            }
            return result.finished() ? ExitStatus.DONE : ExitStatus.INTERRUPTED;
        } catch (DamagedCheckpointException e) {
            Optional<String> command = e.other()
                    .map(other -> ": " + goOn(spec, run.orElse(Path.of(""))) + " --checkpoint "
                            + CommandWords.quoted(other.toString()));
            throw new IOException(e.getMessage() + command.orElse(""), e);
        }
    }

    /** The command that goes on with the run, as a shell takes it. */
    private static String goOn(CommandSpec spec, Path folder) {
        List<String> words = List.of(CommandWords.name(spec).split(" "));
        return CommandWords.line(words) + " --resume --run " + CommandWords.quoted(folder.toString());
    }

    /** The checkpoint that the command names; empty for the last. */
    private Optional<Path> checkpoint() throws IOException {
        return epoch.isPresent() && run.isPresent()
                ? Optional.of(new KnownRun(run.get()).checkpoint(epoch.get()))
                : checkpoint;
    }
}
