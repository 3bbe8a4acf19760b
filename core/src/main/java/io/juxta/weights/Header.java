package io.juxta.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The JSON header of a safetensors file.
 *
 * @param entries where each tensor lies, in the order in which the header names them
 * @param metadata free text by name
 */
record Header(Map<String, Entry> entries, Map<String, String> metadata) {
    /** A header of this many bytes names more than 100,000 tensors; what is longer is damaged or hostile. */
    static final int MAX_BYTES = 16 << 20;

    static final String METADATA = "__metadata__";

    /**
     * One tensor.
     *
     * @param begin of its bytes, counted from the end of the header
     * @param end of its bytes, exclusive
     */
    record Entry(ElementType type, List<Long> shape, long begin, long end) {
        Entry {
            shape = List.copyOf(shape);
        }

        long[] sizes() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }
    }

    /**
     * Lays tensors out one after the other. The header names them in the given order; the bytes of wide elements come
     * before those of narrow ones, so that every tensor is aligned to its element, which readers that map the file need.
     *
     * @throws IllegalArgumentException when a tensor cannot be stored
     */
    static Header of(Map<String, Tensor> tensors, Map<String, String> metadata) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            List<Long> shape = new ArrayList<>();
            for (long i = 0; i < tensor.dim(); i++) {
                shape.add(tensor.size(i));
            }
            ElementType type = type(name, tensor);
            entries.put(name, new Entry(type, shape, 0, tensor.numel() * type.bytes));
        });
        long at = 0;
        for (int width = 8; width > 0; width /= 2) {
            for (Map.Entry<String, Entry> named : entries.entrySet()) {
                Entry entry = named.getValue();
                if (entry.type.bytes == width) {
                    named.setValue(new Entry(entry.type, entry.shape, at, at + entry.end));
                    at += entry.end;
                }
            }
        }
        return new Header(entries, metadata);
    }

    private static ElementType type(String name, Tensor tensor) {
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException("a tensor cannot be called " + METADATA + ": the format uses the name");
        }
        return ElementType.of(tensor.scalar_type().intern())
                .orElseThrow(() -> new IllegalArgumentException("tensor " + name + " has elements of type "
                        + tensor.scalar_type().intern() + ", which safetensors cannot hold: convert it to one of "
                        + ElementType.names()));
    }

    /** The tensors in the order of their bytes. */
    List<Map.Entry<String, Entry>> inPlace() {
        List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
        sorted.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> named) -> named.getValue().begin())
                .thenComparingLong(named -> named.getValue().end()));
        return sorted;
    }

    /** The length in 8 bytes, little-endian, and the JSON, padded with spaces to a multiple of 8. */
    ByteBuffer encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> item : metadata.entrySet()) {
                    json.writeStringField(item.getKey(), item.getValue());
                }
                json.writeEndObject();
            }
            for (Map.Entry<String, Entry> named : entries.entrySet()) {
                Entry entry = named.getValue();
                json.writeObjectFieldStart(named.getKey());
                json.writeStringField("dtype", entry.type.name());
                json.writeFieldName("shape");
                json.writeArray(entry.sizes(), 0, entry.shape.size());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {entry.begin, entry.end}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        bytes.write(" ".repeat(-bytes.size() & 7).getBytes(StandardCharsets.US_ASCII));
        if (bytes.size() > MAX_BYTES) {
            throw new IllegalArgumentException("the names and metadata take " + bytes.size() + " bytes, the limit is "
                    + MAX_BYTES + ": keep less in the metadata");
        }
        ByteBuffer encoded = ByteBuffer.allocate(8 + bytes.size()).order(ByteOrder.LITTLE_ENDIAN);
        return encoded.putLong(bytes.size()).put(bytes.toByteArray()).flip();
    }
}
