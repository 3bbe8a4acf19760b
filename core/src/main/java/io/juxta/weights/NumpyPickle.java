package io.juxta.weights;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Python's pickle, protocol 3, of a dictionary of texts, truth values and dictionaries of arrays: of its opcodes
 * (pickletools) those few that this takes, and no memo. Arrays are numpy's own pickles, which numpy 1 and 2 read.
 */
final class NumpyPickle {
    /** A length is four bytes, and Java's streams count as far as this. */
    private static final long LIMIT = Integer.MAX_VALUE;

    private final DataOutputStream out;

    private NumpyPickle(OutputStream out) {
        this.out = new DataOutputStream(out);
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @param values of a String, a Boolean, a Tensor or a Map of these each
     * @throws IllegalArgumentException when a tensor is above 2 GiB, or neither float32, float64 nor int64
     * @throws IOException when it cannot be written, in one line that names the file
     */
    static void write(Path file, Map<String, ?> values) throws IOException {
        Beside.write(file, stream -> {
            NumpyPickle pickle = new NumpyPickle(stream);
            pickle.out.writeByte(0x80);
            pickle.out.writeByte(3);
            pickle.value(values);
            pickle.out.writeByte('.');
            pickle.out.flush();
        });
    }

    private void value(Object value) throws IOException {
        if (value instanceof String text) {
            text(text);
        } else if (value instanceof Boolean truth) {
            out.writeByte(truth ? 0x88 : 0x89);
        } else if (value instanceof Tensor tensor) {
            array(tensor);
        } else if (value instanceof Map<?, ?> map) {
            out.writeBytes("}(");
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                value(entry.getKey());
                value(entry.getValue());
            }
            out.writeByte('u');
        } else {
            throw new IllegalArgumentException("a pickle is not written of " + value.getClass());
        }
    }

    /** What {@code ndarray.__reduce__} gives: an empty array, and then its shape, type and bytes. */
    private void array(Tensor tensor) throws IOException {
        String type = type(tensor);
        if (tensor.nbytes() > LIMIT) {
            throw new IllegalArgumentException(
                    "a tensor of " + (tensor.nbytes() >> 20) + " MiB is too large for a pickle: at most 2047");
        }
        global("numpy.core.multiarray", "_reconstruct");
        global("numpy", "ndarray");
        number(0);
        out.writeByte(0x85);
        bytes("b".getBytes(StandardCharsets.US_ASCII));
        out.writeByte(0x87);
        out.writeByte('R');
        out.writeByte('(');
        number(1);
        out.writeByte('(');
        for (int i = 0; i < tensor.dim(); i++) {
            number(Math.toIntExact(tensor.size(i)));
        }
        out.writeByte('t');
        type(type);
        out.writeByte(0x89);
        length('B', (int) tensor.nbytes());
        RawTensor.write(out, tensor);
        out.writeBytes("tb");
    }

    /** {@code numpy.dtype(type)}, little-endian. */
    private void type(String type) throws IOException {
        global("numpy", "dtype");
        text(type);
        out.writeByte(0x89);
        out.writeByte(0x88);
        out.writeByte(0x87);
        out.writeByte('R');
        out.writeByte('(');
        number(3);
        text("<");
        out.writeBytes("NNN");
        number(-1);
        number(-1);
        number(0);
        out.writeBytes("tb");
    }

    private static String type(Tensor tensor) {
        ScalarType type = tensor.scalar_type().intern();
        return switch (type) {
            case Float -> "f4";
            case Double -> "f8";
            case Long -> "i8";
            default -> throw new IllegalArgumentException("a pickle is not written of " + type + " tensors");
        };
    }

    private void global(String module, String name) throws IOException {
        out.writeBytes("c" + module + "\n" + name + "\n");
    }

    private void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        length('X', bytes.length);
        out.write(bytes);
    }

    private void bytes(byte[] bytes) throws IOException {
        length('B', bytes.length);
        out.write(bytes);
    }

    private void number(int value) throws IOException {
        length('J', value);
    }

    /** An opcode and four bytes, the lowest first. */
    private void length(char opcode, int value) throws IOException {
        out.writeByte(opcode);
        out.writeInt(Integer.reverseBytes(value));
    }
}
