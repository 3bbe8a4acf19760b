package io.juxta.weights;

import io.juxta.natives.Natives;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Reads and writes safetensors files: the length of a JSON header in 8 bytes, little-endian; the header, which gives
 * each tensor's type, shape and place; the tensors' bytes (the format: huggingface/safetensors, README, "Format").
 *
 * <pre>{@code
 * Safetensors.write(run.resolve("encoder.safetensors"), StateDict.of(encoder), Map.of("arch", "resnet50"));
 * StateDict.load(encoder, Safetensors.read(run.resolve("encoder.safetensors")).tensors());
 * }</pre>
 *
 * <p>Element types: F64, F32, F16, BF16, F8_E5M2, F8_E4M3, I64 to I8, U64 to U8, BOOL. Tensors go between memory and file without a copy
 * of the whole in between.
 */
@API(status = API.Status.INTERNAL)
public final class Safetensors {
    static {
        Natives.torch();
    }

    private static final long CHUNK = 64 << 20;

    private Safetensors() {}

    /**
     * What a file holds.
     *
     * @param tensors by name, in the order of the header, on the CPU; the caller's scope owns them
     * @param metadata free text by name, empty where the file has none
     */
    public record Loaded(Map<String, Tensor> tensors, Map<String, String> metadata) {
        public Loaded {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    /**
     * Writes a file, or leaves what was there: the bytes go beside it, are forced to the disk and then take its name.
     *
     * @param file in a folder that exists; what it held is replaced
     * @param tensors by name, of any strides and device; the header keeps their order
     * @param metadata free text by name; may be empty
     * @throws IllegalArgumentException when a tensor's type is not among the above, or names and metadata are too long
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        write(file, Header.of(tensors, metadata), tensors, Optional.empty());
    }

    /**
     * As {@link #write}, with a SHA-256 of the whole file in its metadata, which {@link #read} and {@link #readSealed}
     * verify.
     */
    public static void writeSealed(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        write(file, Header.of(tensors, Seal.blank(metadata)), tensors, Optional.of(new Seal()));
    }

    private static void write(Path file, Header header, Map<String, Tensor> tensors, Optional<Seal> seal)
            throws IOException {
        ByteBuffer encoded = header.encode();
        Beside.channel(file, channel -> {
            seal.ifPresent(sum -> sum.add(encoded));
            drain(channel, encoded);
            for (Map.Entry<String, Header.Entry> named : header.inPlace()) {
                Tensor tensor = tensors.get(named.getKey());
                if (tensor != null) {
                    write(channel, tensor, seal);
                }
            }
            if (seal.isPresent()) {
                channel.position(0);
                drain(channel, Seal.filled(encoded.array(), seal.get().digits()));
            }
        });
    }

    /**
     * Reads a file, trusting nothing in it.
     *
     * @return its tensors, on the CPU
     * @throws WeightsException when it is damaged, cut short or not of this format, in one line
     * @throws IOException when it cannot be read, in one line that names it
     */
    public static Loaded read(Path file) throws IOException {
        return read(file, Sealed.MAYBE);
    }

    /**
     * As {@link #read}, for a file of {@link #writeSealed}.
     *
     * @throws WeightsException also when it has no checksum
     */
    public static Loaded readSealed(Path file) throws IOException {
        return read(file, Sealed.SURELY);
    }

    /**
     * The free text of a file alone, without a look at its tensors or its checksum.
     *
     * @throws WeightsException when its header is damaged, cut short or not of this format, in one line
     * @throws IOException when it cannot be read, in one line that names it
     */
    public static Map<String, String> metadata(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Map<String, String> metadata =
                    new LinkedHashMap<>(head(file, channel).header().metadata());
            metadata.remove(Seal.KEY);
            return metadata;
        } catch (WeightsException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + Beside.reason(e), e);
        }
    }

    /** What stands before the tensors' bytes, as it stands there and as it is meant. */
    private record Head(ByteBuffer length, byte[] json, Header header) {
        long bytes() {
            return 8L + json.length;
        }
    }

    private static Head head(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        if (size < 8) {
            throw new WeightsException(file + ": has " + size + " bytes, a safetensors file at least 8");
        }
        fill(file, channel, length, 0);
        long headerBytes = length.getLong(0);
        if (headerBytes >>> 32 != 0) {
            throw new WeightsException(
                    file + ": is no safetensors file, for it does not begin with the length of a header; nor is it of"
                            + " another format that is known here (PyTorch's)");
        }
        if (headerBytes < 2 || headerBytes > Header.MAX_BYTES || headerBytes > size - 8) {
            throw new WeightsException(file + ": says that its header has "
                    + Long.toUnsignedString(headerBytes) + " bytes, possible are 2 to "
                    + Math.min(Header.MAX_BYTES, size - 8) + ": it is cut short or no safetensors file");
        }
        ByteBuffer json = ByteBuffer.allocate((int) headerBytes);
        fill(file, channel, json, 8);
        return new Head(length, json.array(), HeaderParser.parse(file, json.array(), size - 8 - headerBytes));
    }

    private enum Sealed {
        MAYBE,
        SURELY
    }

    private static Loaded read(Path file, Sealed sealed) throws IOException {
        if (Files.isDirectory(file)) {
            throw new WeightsException(file + ": is a folder, not a safetensors file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Head head = head(file, channel);
            Header header = head.header();
            Optional<String> seal = Seal.of(header.metadata());
            if (seal.isPresent()) {
                verify(file, channel, head.length(), head.json(), seal.get());
            } else if (sealed == Sealed.SURELY) {
                throw new WeightsException(file + ": has no checksum: it is damaged or was not written by a run");
            }
            Map<String, String> metadata = new LinkedHashMap<>(header.metadata());
            metadata.remove(Seal.KEY);
            return new Loaded(tensors(file, channel, header, head.bytes()), metadata);
        } catch (WeightsException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + Beside.reason(e), e);
        }
    }

    private static void verify(Path file, FileChannel channel, ByteBuffer length, byte[] json, String digits)
            throws IOException {
        Seal seal = new Seal();
        seal.add(length.rewind());
        seal.add(Seal.blanked(json, digits));
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(1 << 20, channel.size()));
        for (long at = 8L + json.length; at < channel.size(); at += part.limit()) {
            part.clear().limit((int) Math.min(part.capacity(), channel.size() - at));
            fill(file, channel, part, at);
            seal.add(part.flip());
        }
        if (!seal.digits().equals(digits)) {
            throw new WeightsException(file + ": is damaged: its bytes do not have the checksum that it says");
        }
    }

    private static Map<String, Tensor> tensors(Path file, FileChannel channel, Header header, long data)
            throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Header.Entry> named : header.entries().entrySet()) {
                Header.Entry entry = named.getValue();
                Tensor tensor = empty(entry);
                tensors.put(named.getKey(), tensor);
                try (PointerScope scope = new PointerScope()) {
                    long at = data + entry.begin();
                    inParts(tensor, (part, offset) -> fill(file, channel, part, at + offset));
                }
            }
        } catch (IOException | RuntimeException e) {
            tensors.values().forEach(Tensor::close);
            throw e;
        }
        return tensors;
    }

    private static Tensor empty(Header.Entry entry) {
        try (TensorOptions options = new TensorOptions(entry.type().scalar)) {
            return torch.empty(entry.sizes(), options, new MemoryFormatOptional());
        }
    }

    private static void write(FileChannel channel, Tensor tensor, Optional<Seal> seal) throws IOException {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor plain =
                    tensor.detach().to(new Device("cpu"), tensor.scalar_type()).contiguous();
            inParts(plain, (part, offset) -> {
                seal.ifPresent(sum -> sum.add(part));
                drain(channel, part);
            });
        }
    }

    /** What is done with a part of a tensor's memory, and where in it the part begins. */
    private interface Transfer {
        void run(ByteBuffer part, long offset) throws IOException;
    }

    /** A Java buffer has at most 2^31 - 1 bytes, a tensor more. */
    private static void inParts(Tensor tensor, Transfer transfer) throws IOException {
        long bytes = tensor.nbytes();
        BytePointer memory = new BytePointer(tensor.data_ptr());
        for (long from = 0; from < bytes; from += CHUNK) {
            memory.limit(Math.min(bytes, from + CHUNK)).position(from);
            transfer.run(memory.asByteBuffer(), from);
        }
    }

    private static void drain(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void fill(Path file, FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long from = at;
        while (bytes.hasRemaining()) {
            int read = channel.read(bytes, from);
            if (read < 0) {
                throw new WeightsException(file + ": ends at byte " + from + " while it is read: it is being written");
            }
            from += read;
        }
    }
}
