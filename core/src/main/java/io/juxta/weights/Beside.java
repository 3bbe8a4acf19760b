package io.juxta.weights;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/** Writes large files beside their place and moves them there when they are whole and on the disk. */
@API(status = API.Status.INTERNAL)
public final class Beside {
    /** What {@link #beside} names. */
    private static final Pattern LEFT =
            Pattern.compile("\\..+\\.\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\.tmp");

    private Beside() {}

    /** What writes a file's bytes. */
    @FunctionalInterface
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** What writes a file under a name that it is given. */
    @FunctionalInterface
    public interface FileContent {
        void write(Path beside) throws IOException;
    }

    /** What writes a file by its channel. */
    @FunctionalInterface
    interface ChannelContent {
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @param file in a folder that exists
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, Content content) throws IOException {
        channel(file, channel -> {
            // not closed: the channel is its owner's
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.write(out);
            out.flush();
        });
    }

    /**
     * As {@link #write}, of what writes, reads back and may refuse a file of its own, which then takes the place of what was
     * there.
     *
     * @param content forces what it writes to the disk, as all writers here do
     */
    public static void file(Path file, FileContent content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new IOException("cannot write " + file + ": it is a folder");
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("cannot write " + file + ": there is no such folder");
        }
        Path beside = beside(folder, file);
        try {
            content.write(beside);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(folder);
        } catch (IOException e) {
            throw new IOException(String.valueOf(e.getMessage()).replace(beside.toString(), file.toString()), e);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static Path beside(Path folder, Path file) {
        return folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    /**
     * Takes away what writers into a folder have left who were killed.
     *
     * @param folder into which nobody else writes now
     */
    public static void sweep(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (LEFT.matcher(file.getFileName().toString()).matches()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** As {@link #write}, of what needs the channel itself. */
    static void channel(Path file, ChannelContent content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new IOException("cannot write " + file + ": it is a folder");
        }
        Path beside = beside(folder, file);
        try {
            try (FileChannel channel =
                    FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(folder);
        } catch (IOException e) {
            String why = Files.isDirectory(folder) ? reason(e) : "there is no such folder";
            throw new IOException("cannot write " + file + ": " + why, e);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** Forces a file that was written by other means to the disk. */
    public static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /**
     * Forces a folder's names to the disk, so that what was written, moved or made there survives a crash of the machine;
     * nothing where the system cannot open a folder.
     */
    public static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Why a file could not be read or written, without its name. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return HeaderParser.show(e.getMessage());
    }
}
