package io.juxta.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the header of a file that anyone may have written: whatever is wrong becomes one line. */
final class HeaderParser {
    /** What libtorch's tensors may have. */
    private static final int DIMENSIONS = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final long dataBytes;
    private final Map<String, Header.Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** @param dataBytes what the file holds after its header */
    private HeaderParser(Path file, long dataBytes) {
        this.file = file;
        this.dataBytes = dataBytes;
    }

    static Header parse(Path file, byte[] json, long dataBytes) throws WeightsException {
        HeaderParser reader = new HeaderParser(file, dataBytes);
        try (JsonParser parser = JSON.createParser(reader.text(json))) {
            reader.header(parser);
        } catch (WeightsException e) {
            throw e;
        } catch (JsonProcessingException e) {
            throw new WeightsException(file + ": the header is not JSON: " + show(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new WeightsException(file + ": the header cannot be read: " + show(e.getMessage()), e);
        }
        Header header = new Header(reader.entries, reader.metadata);
        reader.checkCovered(header);
        return header;
    }

    /** Text from the file as a message may hold it: short, and without line ends. */
    static String show(@Nullable String text) {
        String plain = String.valueOf(text).replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
        return plain.length() > 120 ? plain.substring(0, 120) + "..." : plain;
    }

    /** Whether a file begins as safetensors do, however damaged: a length of up to four bytes, and a brace. */
    static boolean seemsAHeader(byte[] first) {
        return first.length > 8 && first[4] == 0 && first[5] == 0 && first[6] == 0 && first[7] == 0 && first[8] == '{';
    }

    private String text(byte[] json) throws WeightsException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new WeightsException(file + ": the header is not UTF-8", e);
        }
    }

    private WeightsException refuse(String cause) {
        return new WeightsException(file + ": " + cause);
    }

    private void expect(boolean holds, String what) throws WeightsException {
        if (!holds) {
            throw refuse("the header has no " + what);
        }
    }

    private void header(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT, "JSON object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            expect(json.nextToken() == JsonToken.START_OBJECT, "object for " + show(name));
            if (name.equals(Header.METADATA)) {
                metadata(json);
            } else {
                entries.put(name, entry(json, name));
            }
        }
        expect(json.nextToken() == null, "end where its object ends");
    }

    private void metadata(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            expect(json.nextToken() == JsonToken.VALUE_STRING, "text for the metadata " + show(key));
            metadata.put(key, json.getText());
        }
    }

    private Header.Entry entry(JsonParser json, String name) throws IOException {
        ElementType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(value == JsonToken.VALUE_STRING, "text as dtype of " + show(name));
                    String dtype = json.getText();
                    type = ElementType.named(dtype)
                            .orElseThrow(() -> refuse("tensor " + show(name) + " has the unknown dtype " + show(dtype)
                                    + "; known are " + ElementType.names()));
                }
                case "shape" -> shape = numbers(json, "shape of " + show(name));
                case "data_offsets" -> offsets = numbers(json, "data_offsets of " + show(name));
                default -> json.skipChildren();
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw refuse("tensor " + show(name) + " lacks its dtype, its shape or its two data_offsets");
        }
        Header.Entry entry = new Header.Entry(type, shape, offsets.get(0), offsets.get(1));
        check(name, entry);
        return entry;
    }

    private List<Long> numbers(JsonParser json, String what) throws IOException {
        expect(json.currentToken() == JsonToken.START_ARRAY, "list as " + what);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            boolean whole = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!whole || json.getLongValue() < 0) {
                throw refuse("the " + what + " holds something else than whole numbers from 0 to 2^63 - 1");
            }
            if (numbers.size() == DIMENSIONS) {
                throw refuse("the " + what + " has more than " + DIMENSIONS + " numbers, the limit");
            }
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    private void check(String name, Header.Entry entry) throws WeightsException {
        long bytes = entry.type().bytes;
        try {
            for (long size : entry.shape()) {
                // a size of 0 would hide sizes whose strides libtorch cannot count
                bytes = Math.multiplyExact(bytes, Math.max(size, 1));
            }
        } catch (ArithmeticException e) {
            throw new WeightsException(
                    file + ": tensor " + show(name) + " has a shape of more than 2^63 bytes: "
                            + show(entry.shape().toString()),
                    e);
        }
        if (entry.shape().contains(0L)) {
            bytes = 0;
        }
        if (entry.begin() > entry.end() || entry.end() > dataBytes) {
            throw refuse("tensor " + show(name) + " lies at bytes " + entry.begin() + " to " + entry.end()
                    + ", the file has " + dataBytes + " (is it cut short?)");
        }
        if (entry.end() - entry.begin() != bytes) {
            throw refuse("tensor " + show(name) + " has " + (entry.end() - entry.begin()) + " bytes, its shape "
                    + show(entry.shape().toString()) + " of " + entry.type() + " needs " + bytes);
        }
    }

    /** The format allows neither holes nor overlaps, so that a file holds nothing but what its header names. */
    private void checkCovered(Header header) throws WeightsException {
        long at = 0;
        for (Map.Entry<String, Header.Entry> named : header.inPlace()) {
            Header.Entry entry = named.getValue();
            if (entry.begin() != at) {
                throw refuse("tensor " + show(named.getKey()) + " begins at byte " + entry.begin()
                        + (entry.begin() < at ? ", within another that ends at " : ", after a hole that begins at ")
                        + at);
            }
            at = entry.end();
        }
        if (at != dataBytes) {
            throw refuse("the file has " + dataBytes + " bytes of data, its tensors " + at);
        }
    }
}
