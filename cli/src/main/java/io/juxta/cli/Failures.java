package io.juxta.cli;

import io.juxta.natives.Natives;
import io.juxta.torch.Computing;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * What a command could not do, told to a person: one line for what they can mend, a trace for what only we can.
 *
 * <p>An {@link IllegalArgumentException} carries a value that the person gave (the library checks what it is given and
 * says so), hence wrong usage. A bare {@link RuntimeException} thrown by native code is libtorch's: its first line is
 * the message, the rest a C++ trace.
 */
final class Failures implements IExecutionExceptionHandler {
    /** What systems say of a full disk. */
    private static final List<String> FULL =
            List.of("No space left on device", "Disk quota exceeded", "not enough space on the disk");

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
        if (e instanceof Computing.EndingException
                || e instanceof InterruptedException
                || e instanceof InterruptedIOException
                || e instanceof ClosedByInterruptException) {
            err.println(prefix() + " interrupted before it was done: nothing is kept, the same command begins anew");
            return ExitStatus.INTERRUPTED;
        }
        boolean bug = !isMendable(e);
        err.println(
                prefix() + " " + (bug ? "this is a bug, please report it with the lines below: " + e : describe(e)));
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

    static boolean isMendable(Throwable e) {
        return e instanceof IOException
                || e instanceof IllegalArgumentException
                || e instanceof OutOfMemoryError
                || Natives.explain(e).isPresent()
                || isNative(e);
    }

    private static boolean isNative(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        return e.getClass() == RuntimeException.class
                && trace.length > 0
                && trace[0].getClassName().startsWith("org.bytedeco.");
    }

    static String describe(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage());
        if (e instanceof NoSuchFileException) {
            return message + ": no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return message + ": permission denied";
        }
        if (e instanceof NotDirectoryException) {
            return message + ": not a folder";
        }
        if (e instanceof FileAlreadyExistsException) {
            return message + ": exists already";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return message + ": the folder is not empty";
        }
        Optional<String> natives = Natives.explain(e);
        if (natives.isPresent()) {
            return natives.get();
        }
        if (FULL.stream().anyMatch(message::contains)) {
            return message
                    + ": free some space there, and try again; a run that has a checkpoint goes on with --resume";
        }
        if (e instanceof OutOfMemoryError) {
            long heap = Runtime.getRuntime().maxMemory() >> 20;
            return "out of memory (" + message + "), the Java heap may take " + heap
                    + " MiB; give it more: JUXTA_JAVA_OPTS=-Xmx4g";
        }
        return isNative(e) ? "libtorch: " + message : message;
    }

    static String firstLine(String message) {
        return message.strip().lines().findFirst().orElse("");
    }
}
