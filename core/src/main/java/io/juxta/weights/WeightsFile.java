package io.juxta.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A file of weights of any format that is read here, told apart by its first bytes.
 *
 * @param tensors by name, in the file's order, on the CPU; the caller's scope owns them
 * @param metadata free text by name
 */
public record WeightsFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
    public WeightsFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * Reads a file, trusting nothing in it.
     *
     * @throws WeightsException when it is damaged or of no known format, in one line
     * @throws IOException when it cannot be read, in one line that names it
     */
    public static WeightsFile read(Path file) throws IOException {
        if (Files.isRegularFile(file)) {
            byte[] first = first(file);
            if (first.length == 2 && first[0] == 'P' && first[1] == 'K') {
                return PyTorchFile.read(file, true);
            }
            if (first.length == 2
                    && first[0] == (byte) 0x80
                    && first[1] <= 5
                    && first[1] >= 2
                    && !isSafetensors(file)) {
                return PyTorchFile.read(file, false);
            }
        }
        Safetensors.Loaded loaded = Safetensors.read(file);
        return new WeightsFile(loaded.tensors(), loaded.metadata());
    }

    private static byte[] first(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(2);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": permission denied", e);
        }
    }

    /** A header of 640 and some bytes begins as a pickle does, and goes on with six zeros and a brace. */
    private static boolean isSafetensors(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] first = in.readNBytes(9);
            return first.length == 9
                    && first[4] == 0
                    && first[5] == 0
                    && first[6] == 0
                    && first[7] == 0
                    && first[8] == '{';
        }
    }
}
