package io.juxta.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.juxta.weights.Beside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far files for a data base are written: a JSON file beside them.
 *
 * @param about what they are of, free text by name: only what is the same goes on
 * @param parts those that are whole, in their order
 * @param finished whether there are no more to come
 */
record BulkState(Map<String, String> about, List<Part> parts, boolean finished) {
    static final String NAME = "parts.json";
    private static final long LARGEST = 64 << 20;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    /**
     * A file.
     *
     * @param to the image behind its last, in the order of their names
     * @param rows pictures in it
     */
    record Part(String file, int to, int rows, long bytes) {}

    BulkState {
        about = new TreeMap<>(about);
        parts = List.copyOf(parts);
    }

    /** The image that comes next. */
    int next() {
        return parts.isEmpty() ? 0 : parts.get(parts.size() - 1).to();
    }

    int rows() {
        return parts.stream().mapToInt(Part::rows).sum();
    }

    BulkState with(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return new BulkState(about, more, false);
    }

    BulkState done() {
        return new BulkState(about, parts, true);
    }

    static BulkState read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (Files.size(file) > LARGEST) {
            throw damaged(file);
        }
        try {
            BulkState state = JSON.readValue(Files.readAllBytes(file), BulkState.class);
            if (state == null) {
                throw damaged(file);
            }
            for (Part part : state.parts) {
                // a name that somebody else wrote must not lead out of the folder
                Path written =
                        folder.resolve(String.valueOf(Path.of(part.file()).getFileName()));
                if (!Files.isRegularFile(written) || Files.size(written) != part.bytes()) {
                    throw new IOException(
                            written + " is not there any more as it was written: --overwrite begins anew");
                }
            }
            return state;
        } catch (JsonProcessingException | RuntimeException e) {
            throw damaged(file);
        }
    }

    private static IOException damaged(Path file) {
        return new IOException(file + " is damaged: --overwrite begins anew");
    }

    void write(Path folder) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(this);
        Beside.write(folder.resolve(NAME), out -> out.write(bytes));
    }
}
