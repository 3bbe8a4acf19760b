package io.juxta.runs;

import io.juxta.weights.Beside;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apiguardian.api.API;

/** Files that are to be written: looked at before the work, and in their place when they are whole. */
@API(status = API.Status.EXPERIMENTAL)
public final class OutputFile {
    private OutputFile() {}

    /**
     * Refuses what cannot become a file, before the work.
     *
     * @param example a name for it
     */
    public static void requireWritable(Path file, String example) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null) {
            throw new IOException(file + " is a folder: give the name of a file, such as " + file.resolve(example));
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("cannot write " + file + ": no such folder");
        }
        if (!Files.isWritable(folder)) {
            throw new IOException("cannot write " + file + ": no permission to write into its folder, choose another");
        }
    }

    /**
     * Writes a text beside its place, and then there.
     *
     * @throws IOException when it cannot be written, in one line
     */
    public static void write(Path file, String text) throws IOException {
        Beside.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
