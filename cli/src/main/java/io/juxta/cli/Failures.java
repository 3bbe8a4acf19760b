package io.juxta.cli;

import io.juxta.runs.Mendable;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * What a command could not do, told to a person: one line for what they can mend, a trace for what only we can.
 *
 * <p>An {@link IllegalArgumentException} carries a value that the person gave (the library checks what it is given and
 * says so), hence wrong usage.
 */
final class Failures implements IExecutionExceptionHandler {
    private final BooleanSupplier debug;

    Failures(BooleanSupplier debug) {
        this.debug = debug;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return report(e, command.getErr(), debug.getAsBoolean());
    }

    static int report(Throwable failure, PrintWriter err, boolean debug) {
        Throwable e =
                failure instanceof UncheckedIOException && failure.getCause() != null ? failure.getCause() : failure;
        if (Mendable.isInterruption(e)) {
            err.println(prefix() + " interrupted before it was done: nothing is kept, the same command begins anew");
            return ExitStatus.INTERRUPTED;
        }
        boolean bug = !Mendable.is(e);
        err.println(prefix() + " "
                + (bug ? "this is a bug, please report it with the lines below: " + e : Mendable.describe(e)));
        if (bug || debug) {
            e.printStackTrace(err);
        }
        err.flush();
        return e instanceof IllegalArgumentException ? ExitStatus.WRONG_USAGE : ExitStatus.FAILED;
    }

    /** How a line begins that says what went wrong. */
    static String prefix() {
        return Colour.RED.err("juxta:");
    }
}
