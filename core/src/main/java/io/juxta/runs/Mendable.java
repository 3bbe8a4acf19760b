package io.juxta.runs;

import io.juxta.natives.Natives;
import io.juxta.torch.Computing;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * Failures that whoever uses the library can mend: each in one line that says what is wrong and what to do.
 *
 * <p>An {@link IllegalArgumentException} carries a value that was given. A bare {@link RuntimeException} thrown by native code
 * is libtorch's: its first line is the message, the rest a C++ trace.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Mendable {
    /** What systems say of a full disk. */
    private static final List<String> FULL =
            List.of("No space left on device", "Disk quota exceeded", "not enough space on the disk");

    private Mendable() {}

    /** Whether a failure is one of them; what is not is a bug. */
    public static boolean is(Throwable e) {
        return e instanceof IOException
                || e instanceof IllegalArgumentException
                || e instanceof OutOfMemoryError
                || Natives.explain(e).isPresent()
                || isNative(e);
    }

    /** Whether a failure is none: somebody interrupted the work, or the JVM is ending. */
    public static boolean isInterruption(Throwable e) {
        return e instanceof Computing.EndingException
                || e instanceof InterruptedException
                || e instanceof InterruptedIOException
                || e instanceof ClosedByInterruptException;
    }

    private static boolean isNative(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        return e.getClass() == RuntimeException.class
                && trace.length > 0
                && trace[0].getClassName().startsWith("org.bytedeco.");
    }

    /** The failure in a line. */
    public static String describe(Throwable e) {
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

    private static String firstLine(String message) {
        return message.strip().lines().findFirst().orElse("");
    }
}
