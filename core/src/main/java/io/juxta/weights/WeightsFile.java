package io.juxta.weights;

import java.io.IOException;
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
        Safetensors.Loaded loaded = Safetensors.read(file);
        return new WeightsFile(loaded.tensors(), loaded.metadata());
    }
}
