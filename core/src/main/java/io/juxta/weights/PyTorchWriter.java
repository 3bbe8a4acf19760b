package io.juxta.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Writes PyTorch's files of since 1.6: a zip archive, nothing in it compressed, with a pickle of protocol 2 and the bytes of each
 * tensor. {@code torch.load(file, weights_only=True)} reads them: the pickle names nothing but PyTorch's own ways to make a tensor.
 */
@API(status = API.Status.INTERNAL)
public final class PyTorchWriter {
    private static final String FOLDER = "archive/";
    private static final Map<ScalarType, String> STORAGES = Map.of(
            ScalarType.Double, "DoubleStorage",
            ScalarType.Float, "FloatStorage",
            ScalarType.Half, "HalfStorage",
            ScalarType.BFloat16, "BFloat16Storage",
            ScalarType.Long, "LongStorage",
            ScalarType.Int, "IntStorage",
            ScalarType.Short, "ShortStorage",
            ScalarType.Char, "CharStorage",
            ScalarType.Byte, "ByteStorage",
            ScalarType.Bool, "BoolStorage");

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final List<Tensor> tensors = new ArrayList<>();

    private PyTorchWriter() {}

    /**
     * Writes a dictionary, in its order, or leaves what was there.
     *
     * @param file in a folder that exists; what it held is replaced
     * @param root values are tensors, texts, whole numbers, doubles, booleans, and lists and maps of such; keys are texts or
     *     whole numbers
     * @throws IllegalArgumentException when a value is of another kind, or a tensor of a type that is not written
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, Map<String, ?> root) throws IOException {
        PyTorchWriter writer = new PyTorchWriter();
        writer.pickle.write(0x80);
        writer.pickle.write(2);
        writer.value(root);
        writer.pickle.write('.');
        Beside.write(file, writer::archive);
    }

    private void archive(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out); // not closed: what it writes to is closed by its owner
        entry(zip, "data.pkl", pickle.size(), pickle::writeTo);
        for (int i = 0; i < tensors.size(); i++) {
            Tensor tensor = tensors.get(i);
            entry(zip, "data/" + i, tensor.nbytes(), part -> RawTensor.write(part, tensor));
        }
        byte[] version = "3\n".getBytes(StandardCharsets.US_ASCII);
        entry(zip, "version", version.length, part -> part.write(version));
        zip.finish();
    }

    /** Twice over the bytes: an entry that is not compressed has its sum in front of them. */
    private static void entry(ZipOutputStream zip, String name, long length, Beside.Content content)
            throws IOException {
        CRC32 sum = new CRC32();
        content.write(new CheckedOutputStream(OutputStream.nullOutputStream(), sum));
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(length);
        entry.setCrc(sum.getValue());
        entry.setTime(0); // the same tensors give the same file
        zip.putNextEntry(entry);
        content.write(zip);
        zip.closeEntry();
    }

    private void value(Object value) {
        if (value instanceof Tensor tensor) {
            tensor(tensor);
        } else if (value instanceof Map<?, ?> map) {
            pickle.write('}');
            pickle.write('(');
            map.forEach((key, child) -> {
                value(key);
                value(child);
            });
            pickle.write('u');
        } else if (value instanceof List<?> list) {
            pickle.write(']');
            pickle.write('(');
            list.forEach(this::value);
            pickle.write('e');
        } else if (value instanceof String text) {
            text(text);
        } else if (value instanceof Long || value instanceof Integer) {
            whole(((Number) value).longValue());
        } else if (value instanceof Double number) {
            pickle.write('G');
            number(Long.reverseBytes(Double.doubleToLongBits(number)), 8);
        } else if (value instanceof Boolean truth) {
            pickle.write(truth ? 0x88 : 0x89);
        } else {
            throw new IllegalArgumentException("cannot write " + value + " for PyTorch");
        }
    }

    private void tensor(Tensor tensor) {
        String storage = STORAGES.get(tensor.scalar_type().intern());
        if (storage == null) {
            throw new IllegalArgumentException(
                    "cannot write a tensor of " + tensor.scalar_type().intern() + " for PyTorch: convert it first");
        }
        global("torch._utils", "_rebuild_tensor_v2");
        pickle.write('(');
        pickle.write('(');
        text("storage");
        global("torch", storage);
        text(Integer.toString(tensors.size()));
        text("cpu");
        whole(tensor.numel());
        pickle.write('t');
        pickle.write('Q');
        whole(0);
        long[] sizes = new long[(int) tensor.dim()];
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            sizes[i] = tensor.size(i);
            strides[i] = stride;
            stride *= Math.max(1, sizes[i]);
        }
        tuple(sizes);
        tuple(strides);
        pickle.write(0x89);
        global("collections", "OrderedDict");
        pickle.write(')');
        pickle.write('R');
        pickle.write('t');
        pickle.write('R');
        tensors.add(tensor);
    }

    private void tuple(long[] numbers) {
        pickle.write('(');
        for (long number : numbers) {
            whole(number);
        }
        pickle.write('t');
    }

    private void global(String module, String name) {
        pickle.write('c');
        pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        pickle.write('X');
        number(bytes.length, 4);
        pickle.writeBytes(bytes);
    }

    private void whole(long value) {
        if (value == (int) value) {
            pickle.write('J');
            number(value, 4);
        } else {
            pickle.write(0x8a);
            pickle.write(8);
            number(value, 8);
        }
    }

    /** Little-endian. */
    private void number(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            pickle.write((int) (value >> (8 * i)));
        }
    }
}
