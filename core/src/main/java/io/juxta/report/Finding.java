package io.juxta.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a diagnosis says about a run.
 *
 * @param verdict {@code good}, {@code watch} or {@code bad}
 * @param finding what was seen, a sentence
 * @param advice what to do, a sentence; may be empty
 */
record Finding(String verdict, String finding, String advice) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 2000;

    /** How grave the verdicts of {@link io.juxta.train.health.Diagnosis} are; what is not here is worth a look. */
    private static final Map<String, String> GRAVITY =
            Map.of("healthy", "good", "collapsed", "bad", "collapsing", "bad");

    /** The last diagnosis that the run's {@code events.jsonl} holds; none where it holds none. */
    static List<Finding> read(Path run) throws IOException {
        Path file = run.resolve("events.jsonl");
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            Optional<String> last =
                    lines.filter(line -> line.contains("\"health\"")).reduce((before, after) -> after);
            return last.flatMap(Finding::of).map(List::of).orElse(List.of());
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof MalformedInputException) {
                throw new IOException(file + ": is not UTF-8 text: give the folder of a run", e);
            }
            throw e.getCause();
        }
    }

    /** A line that is no such event, or cut off, says nothing. */
    private static Optional<Finding> of(String line) {
        try {
            JsonNode event = JSON.readTree(line);
            String verdict = event.path("verdict").asText();
            String finding = cut(event.path("finding").asText());
            return event.path("event").asText().equals("health") && !finding.isEmpty()
                    ? Optional.of(new Finding(
                            GRAVITY.getOrDefault(verdict, "watch"),
                            verdict + ": " + finding,
                            cut(event.path("advice").asText())))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
