package io.juxta.train.run;

import io.juxta.weights.Beside;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Writes small files beside their place, forces them to the disk and moves them there: what was there stays until the
 * new is whole, also where the machine loses its power. Each writer
 * has a place of its own, named after its process and thread: of two who write the same file, the last to finish wins.
 */
@API(status = API.Status.INTERNAL)
public final class Replacing {
    private static final String END = ".tmp";

    private Replacing() {}

    static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws IOException when it cannot be written, in one line that names the file */
    public static void write(Path file, byte[] bytes) throws IOException {
        String process =
                "." + file.getFileName() + "." + ProcessHandle.current().pid();
        Path beside = file.resolveSibling(process + "-" + Thread.currentThread().getId() + END);
        try {
            sweep(file);
            forced(beside, bytes);
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            Beside.forceFolder(folder(file));
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + reason(e), e);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** The bytes must be on the disk before their name is: a crash of the machine would leave an empty file under it. */
    private static void forced(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
    }

    private static Path folder(Path file) {
        return file.toAbsolutePath().resolveSibling(".");
    }

    /** Takes away what writers of this file have left who were killed. */
    private static void sweep(Path file) throws IOException {
        Pattern left = Pattern.compile(Pattern.quote("." + file.getFileName() + ".") + "(\\d{1,18})-\\d+" + END);
        List<Path> siblings;
        try (Stream<Path> all = Files.list(folder(file))) {
            siblings = all.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path sibling : siblings) {
            Matcher name = left.matcher(sibling.getFileName().toString());
            if (name.matches()
                    && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                Files.deleteIfExists(sibling);
            }
        }
    }

    /** Why, in a few words. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
        return reason == null ? String.valueOf(e.getMessage()) : reason;
    }
}
