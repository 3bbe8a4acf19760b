package io.juxta.curation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * What was measured so far, one line of JSON for each picture, appended as it is known: whoever is stopped goes on from there.
 * A line that is damaged, as the last one of a killed process may be, is one that is not there.
 */
final class Journal implements AutoCloseable {
    /** Another one where the same picture would be measured differently. */
    private static final String HEAD = "{\"juxta\":\"measures\",\"version\":2,\"side\":" + Measuring.SIDE + "}";

    /** Of a line; a name has at most a few thousand characters. */
    private static final int LONGEST = 1 << 16;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final BufferedWriter out;

    private Journal(BufferedWriter out) {
        this.out = out;
    }

    /** What a file holds, by name; nothing where it is not there or of another version. */
    static Map<String, Measures> read(Path file) throws IOException {
        Map<String, Measures> known = new HashMap<>();
        if (!Files.isRegularFile(file)) {
            return known;
        }
        var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(Files.newInputStream(file), decoder))) {
            if (!HEAD.equals(in.readLine())) {
                return known;
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.length() > LONGEST) {
                    continue;
                }
                try {
                    Measures measured = JSON.readValue(line, Measures.class);
                    if (measured != null && isWhole(measured)) {
                        known.put(measured.name(), measured);
                    }
                } catch (JsonProcessingException e) {
                    continue; // measured again
                }
            }
        }
        return known;
    }

    private static boolean isWhole(Measures measured) {
        return measured.name() != null
                && measured.fault() != null
                && measured.why() != null
                && measured.format() != null
                && measured.fileDigest() != null
                && measured.pixelDigest() != null
                && (!measured.isReadable() || measured.width() > 0 && measured.height() > 0)
                && Double.isFinite(measured.light() + measured.shade() + measured.sharpness())
                && Double.isFinite(measured.information() + measured.colour());
    }

    /** Begins a file anew with what is still true. */
    static Journal begin(Path file, Iterable<Measures> known) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        try (BufferedWriter out = Files.newBufferedWriter(beside)) {
            out.write(HEAD + "\n");
            for (Measures measured : known) {
                out.write(JSON.writeValueAsString(measured) + "\n");
            }
        }
        Files.move(beside, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return new Journal(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    }

    void add(Measures measured) throws IOException {
        out.write(JSON.writeValueAsString(measured) + "\n");
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
