package io.juxta.weights;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes large files beside their place and moves them there when they are whole and on the disk. */
public final class Beside {
    private Beside() {}

    /** What writes a file's bytes. */
    @FunctionalInterface
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @param file in a folder that exists
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, Content content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new IOException("cannot write " + file + ": it is a folder");
        }
        Path beside = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileOutputStream raw = new FileOutputStream(beside.toFile());
                    OutputStream out = new BufferedOutputStream(raw, 1 << 16)) {
                content.write(out);
                out.flush();
                raw.getFD().sync();
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + reason(folder, e), e);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static String reason(Path folder, IOException e) {
        if (!Files.isDirectory(folder)) {
            return "there is no such folder";
        }
        return Files.isWritable(folder) ? HeaderParser.show(e.getMessage()) : "permission denied";
    }
}
