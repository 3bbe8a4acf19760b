package io.juxta.weights;

import io.juxta.weights.pickle.PickleBytes;
import io.juxta.weights.pickle.PickleException;
import io.juxta.weights.pickle.Storage;
import io.juxta.weights.pickle.StoredTensor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The storages of a PyTorch file, each read once, from the file straight into its memory. */
final class Storages {
    private static final int CHUNK = 1 << 20;
    /** Tied weights and a flat parameter with its parts make two. */
    private static final long MOST_VIEWS = 4;

    private static final Map<String, ElementType> TYPES = Map.of(
            "DoubleStorage", ElementType.F64,
            "FloatStorage", ElementType.F32,
            "HalfStorage", ElementType.F16,
            "BFloat16Storage", ElementType.BF16,
            "LongStorage", ElementType.I64,
            "IntStorage", ElementType.I32,
            "ShortStorage", ElementType.I16,
            "CharStorage", ElementType.I8,
            "ByteStorage", ElementType.U8,
            "BoolStorage", ElementType.BOOL);

    private final Map<String, Tensor> read = new HashMap<>();
    private long left;
    private long views;

    /** @param bytes of the file: no more can be in it, and views of that, all in all, are not more than a few times as much */
    Storages(long bytes) {
        left = bytes;
        views = MOST_VIEWS * bytes + (1 << 20);
    }

    /** Where a storage's bytes come from. */
    record Source(InputStream in, long length) {}

    /** Finds a storage's bytes. */
    @FunctionalInterface
    interface Finder {
        Source find(Storage storage) throws IOException;
    }

    /** A tensor, on the storage that it may share with others. */
    Tensor view(StoredTensor tensor, Finder finder) throws IOException {
        Tensor values = read.get(tensor.storage().key());
        if (values == null) {
            long bytes = bytes(tensor.storage());
            Source source = finder.find(tensor.storage());
            try (InputStream in = source.in()) {
                if (source.length() != bytes) {
                    throw new PickleException("has " + source.length() + " bytes of the storage "
                            + tensor.storage().key() + ", which says that it has " + bytes);
                }
                values = values(tensor.storage(), in);
            }
            read.put(tensor.storage().key(), values);
        }
        requireWithin(tensor, values);
        views -= tensor.size().stream().reduce(1L, (a, b) -> a * b) * type(tensor.storage()).bytes;
        if (views < 0) {
            throw new PickleException("has tensors in the same storages that are, all in all, more than " + MOST_VIEWS
                    + " times the file: refused");
        }
        return values.as_strided(array(tensor.size()), array(tensor.stride()), offset(tensor));
    }

    /** Reads the storage that comes next in an old file, its length in front of it. */
    void readNext(Storage storage, PickleBytes in, InputStream stream) throws IOException {
        long length = in.whole();
        if (length != storage.length()) {
            throw new PickleException("has " + length + " values of the storage " + storage.key() + ", which says that"
                    + " it has " + storage.length());
        }
        bytes(storage);
        if (read.put(storage.key(), values(storage, stream)) != null) {
            throw new PickleException("has the storage " + storage.key() + " twice");
        }
    }

    private static org.bytedeco.pytorch.LongOptional offset(StoredTensor tensor) {
        return new org.bytedeco.pytorch.LongOptional(tensor.offset());
    }

    private long bytes(Storage storage) throws PickleException {
        int size = type(storage).bytes;
        if (storage.length() < 0 || storage.length() > left / size) {
            throw new PickleException("says that the storage " + storage.key() + " has " + storage.length()
                    + " values of " + size + " bytes, more than the file");
        }
        left -= storage.length() * size;
        return storage.length() * size;
    }

    private static ElementType type(Storage storage) throws PickleException {
        ElementType type = TYPES.get(storage.type());
        if (type == null) {
            throw new PickleException("has a tensor in " + storage.type() + ": read are " + ElementType.names());
        }
        return type;
    }

    private static Tensor values(Storage storage, InputStream in) throws IOException {
        ElementType type = type(storage);
        long bytes = storage.length() * type.bytes;
        Tensor tensor;
        try (TensorOptions options = new TensorOptions(type.scalar)) {
            tensor = torch.empty(new long[] {storage.length()}, options, new MemoryFormatOptional());
        }
        try (PointerScope scope = new PointerScope()) {
            BytePointer memory = bytes == 0 ? new BytePointer() : new BytePointer(tensor.data_ptr());
            byte[] part = new byte[(int) Math.min(CHUNK, bytes)];
            for (long at = 0; at < bytes; ) {
                int length = in.readNBytes(part, 0, (int) Math.min(part.length, bytes - at));
                if (length == 0) {
                    throw new EOFException("ends within the storage " + storage.key() + ": it is cut short");
                }
                memory.position(at).put(part, 0, length);
                at += length;
            }
        }
        if (type.scalar == ScalarType.Bool) {
            // any byte but 0 is true, and libtorch expects 1
            tensor.copy_(tensor.view(ScalarType.Byte).ne(new org.bytedeco.pytorch.Scalar(0)));
        }
        return tensor;
    }

    /** Every value of a tensor lies in its storage, and there are no more values than there. */
    private static void requireWithin(StoredTensor tensor, Tensor values) throws PickleException {
        Storage storage = tensor.storage();
        boolean within = tensor.size().size() == tensor.stride().size()
                && tensor.size().size() <= 64
                && tensor.offset() >= 0
                && values.numel() == storage.length()
                && values.scalar_type().intern() == type(storage).scalar;
        long numel = 1;
        long last = tensor.offset();
        try {
            for (int i = 0; within && i < tensor.size().size(); i++) {
                long size = tensor.size().get(i);
                long stride = tensor.stride().get(i);
                within = size >= 0 && stride >= 0;
                // a size of 0 would hide sizes whose strides libtorch cannot count
                numel = Math.multiplyExact(numel, Math.max(size, 1));
                last = Math.addExact(last, Math.multiplyExact(Math.max(size - 1, 0), stride));
            }
        } catch (ArithmeticException e) {
            within = false;
        }
        if (tensor.size().contains(0L)) {
            numel = 0;
        }
        boolean fits = numel == 0 ? tensor.offset() <= storage.length() : last < storage.length();
        if (!within || !fits || numel > storage.length()) {
            throw new PickleException("has a tensor of shape " + shown(tensor.size()) + ", strides "
                    + shown(tensor.stride()) + " and offset " + tensor.offset() + " in a storage of "
                    + storage.length() + " values: it does not lie in it");
        }
    }

    private static String shown(List<Long> numbers) {
        return numbers.size() <= 8 ? numbers.toString() : numbers.subList(0, 8) + "...";
    }

    private static long[] array(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}
