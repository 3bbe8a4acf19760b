package io.juxta.cli;

import io.juxta.runs.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that does a piece of work, which is broken off when it is interrupted. */
abstract class WorkCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private BooleanSupplier stop = () -> false;

    /**
     * Does it.
     *
     * @param told hears how it goes on
     */
    abstract void work(Spoken told) throws IOException;

    /** How progress is shown; not at all where a command has no option for it. */
    ProgressStyle style() {
        return ProgressStyle.NONE;
    }

    /** What is kept when it is interrupted, and how it goes on; nothing unless this is said. */
    Optional<String> kept() {
        return Optional.empty();
    }

    /** Whether it may be broken off anywhere; else it asks {@link #isToStop}, and ends with an InterruptedIOException. */
    boolean isBrokenOff() {
        return true;
    }

    final boolean isToStop() {
        return stop.getAsBoolean();
    }

    /** Whether several processes may share it. */
    boolean isShared() {
        return false;
    }

    /** The command as it was given. */
    final String words() {
        return CommandWords.of(spec);
    }

    @Override
    public final Integer call() throws IOException {
        if (!isShared()) {
            OtherProcesses.ofEnvironment().requireAlone(CommandWords.name(spec));
        }
        try (Interruption interruption = isBrokenOff()
                        ? Interruption.ofThisThread(Screen.ending("ending"))
                        : Interruption.watch(Screen.ending("ending"));
                Spoken spoken = new Spoken(style())) {
            stop = interruption::requested;
            work(spoken);
            return ExitStatus.DONE;
        } catch (InterruptedIOException e) {
            System.err.println(Failures.prefix() + " interrupted: " + kept().orElseThrow(() -> e));
            return ExitStatus.INTERRUPTED;
        }
    }
}
