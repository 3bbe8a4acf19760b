package io.juxta.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A file of weights of any format that is read here, told apart by its first bytes.
 *
 * @param tensors by name, in the file's order, on the CPU; the caller's scope owns them
 * @param metadata free text by name
 */
@API(status = API.Status.INTERNAL)
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
            // a header's length may look like the beginning of any other format
            if (!HeaderParser.seemsAHeader(first)) {
                if (first.length > 1 && first[0] == 'P' && first[1] == 'K') {
                    return PyTorchFile.read(file, true);
                }
                if (first.length > 1 && first[0] == (byte) 0x80 && first[1] <= 5 && first[1] >= 2) {
                    return PyTorchFile.read(file, false);
                }
                refuseOthers(file);
            }
        } else {
            refuseOthers(file);
        }
        Safetensors.Loaded loaded = Safetensors.read(file);
        return new WeightsFile(loaded.tensors(), loaded.metadata());
    }

    /** The type that values are held in where that is shorter than float32: {@code bfloat16} or {@code float16}. */
    public Optional<String> heldIn() {
        return tensors.values().stream()
                .filter(WeightsFile::isShort)
                .findFirst()
                .map(tensor -> switch (tensor.scalar_type().intern()) {
                    case BFloat16 -> "bfloat16";
                    case Half -> "float16";
                    default -> "float8";
                });
    }

    /** The same with float32 where values were held in a shorter type; the caller's scope owns what is new. */
    public WeightsFile whole() {
        Map<String, Tensor> whole = new LinkedHashMap<>(tensors);
        whole.replaceAll((name, tensor) -> isShort(tensor) ? tensor.to(ScalarType.Float) : tensor);
        return new WeightsFile(whole, metadata);
    }

    private static boolean isShort(Tensor tensor) {
        return tensor.is_floating_point() && tensor.element_size() < Float.BYTES;
    }

    /** What a file of another kind is, where it can be told. */
    private static void refuseOthers(Path file) throws IOException {
        if (Files.isReadable(file) && (Files.isRegularFile(file) || Files.isDirectory(file))) {
            Optional<String> other = FileKind.of(file);
            if (other.isPresent()) {
                throw new WeightsException(file + ": " + other.get());
            }
        }
    }

    private static byte[] first(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(9);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": permission denied", e);
        }
    }
}
