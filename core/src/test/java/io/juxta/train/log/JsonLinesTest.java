package io.juxta.train.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:20:30.456789Z"), ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("events.jsonl");
    }

    static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            events.add(JSON.readTree(line));
        }
        return events;
    }

    private void write(String event, Map<String, ?> fields) throws IOException {
        try (JsonLines lines = JsonLines.open(file, CLOCK)) {
            lines.write(event, fields);
        }
    }

    @Test
    void aLineIsAnObject() throws IOException {
        write("step", Map.of("step", 7L));
        assertThat(Files.readString(file))
                .isEqualTo("{\"event\":\"step\",\"time\":\"2026-11-22T10:20:30.456Z\",\"step\":7}\n");
    }

    @Test
    void everyValueIsReadBack() throws IOException {
        String odd = "a \"quote\", a \\, a\nline, a\ttab, \u0001, größe, \ud83d\ude00, half \ud83d, \u2028";
        Map<String, ?> inner = Map.of("inner", List.of(1, "two", Map.of()));
        write("words", Map.of("text", odd, "yes", true, "map", inner));
        write("numbers", Map.of("d", 0.1, "small", Double.MIN_VALUE, "float", 1.5f, "whole", 12));
        write("none", Map.of("nan", Double.NaN, "infinite", Double.NEGATIVE_INFINITY));
        JsonNode words = read(file).get(0);
        assertThat(words.get("text").asText()).isEqualTo(odd);
        assertThat(words.get("yes").booleanValue()).isTrue();
        assertThat(words.get("map")).hasToString("{\"inner\":[1,\"two\",{}]}");
        JsonNode numbers = read(file).get(1);
        assertThat(numbers.get("d").asDouble()).isEqualTo(0.1);
        assertThat(numbers.get("small").asDouble()).isEqualTo(Double.MIN_VALUE);
        assertThat(numbers.get("float").asDouble()).isEqualTo(1.5);
        assertThat(numbers.get("whole").isIntegralNumber()).isTrue();
        assertThat(read(file).get(2).get("nan").isNull()).isTrue();
        assertThat(read(file).get(2).get("infinite").isNull()).isTrue();
        assertThat(Files.readString(file)).matches("\\p{ASCII}+").hasLineCount(3);
    }

    @Test
    void itOnlyGrows() throws IOException {
        write("a", Map.of());
        String before = Files.readString(file);
        write("b", Map.of());
        assertThat(Files.readString(file)).startsWith(before).hasLineCount(2);
    }

    /** Wherever a kill cuts it: what was whole stays, what was not goes. */
    @Test
    void aCutLastLineIsTakenAway() throws IOException {
        write("a", Map.of("text", "x".repeat(70)));
        write("b", Map.of());
        byte[] whole = Files.readAllBytes(file);
        int firstLine = Files.readAllLines(file).get(0).length() + 1;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            write("c", Map.of());
            List<String> expected = length < firstLine
                    ? List.of("c")
                    : length < whole.length ? List.of("a", "c") : List.of("a", "b", "c");
            assertThat(read(file).stream().map(event -> event.get("event").asText()))
                    .isEqualTo(expected);
        }
    }

    @Test
    void aCutLineMayBeLong() throws IOException {
        Files.writeString(file, "{}\n{\"text\":\"" + "y".repeat(200_000));
        write("c", Map.of());
        assertThat(read(file)).hasSize(2);
        Files.writeString(file, "z".repeat(200_000));
        write("c", Map.of());
        assertThat(read(file)).hasSize(1);
    }
}
