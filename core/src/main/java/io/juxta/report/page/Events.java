package io.juxta.report.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a run's {@code events.jsonl} says at its end. A line that is cut off, as the last one may be while it is written, or
 * that is no event says nothing; what was said beyond the place from which a run was taken up again is void.
 *
 * @param finding of the last diagnosis
 * @param stepsPerEpoch as the run last began
 * @param end how it ended, empty while it goes on and after a kill
 * @param message of the error that ended it; may be empty
 */
record Events(Optional<Finding> finding, Optional<Long> stepsPerEpoch, Optional<String> end, String message) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Events NONE = new Events(Optional.empty(), Optional.empty(), Optional.empty(), "");

    /** @throws IOException when it is no text, in one line */
    static Events read(Path run) throws IOException {
        Path file = run.resolve("events.jsonl");
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return of(lines.filter(Events::matters).iterator());
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof MalformedInputException) {
                throw new IOException(file + ": is not UTF-8 text: give the folder of a run", e);
            }
            throw e.getCause();
        }
    }

    /** Cheap: nearly all lines are of steps and epochs. */
    private static boolean matters(String line) {
        return line.contains("\"health\"") || line.contains("\"start\"") || line.contains("\"end\"");
    }

    private static Events of(Iterator<String> lines) {
        Events events = NONE;
        long foundAt = 0;
        while (lines.hasNext()) {
            JsonNode event = event(lines.next());
            switch (event.path("event").asText()) {
                case "health" -> {
                    foundAt = event.path("step").asLong();
                    events = events.with(Finding.of(event).or(events::finding));
                }
                case "start" -> {
                    long steps = event.path("steps_per_epoch").asLong();
                    boolean isVoid = foundAt > event.path("step").asLong(Long.MAX_VALUE);
                    events = new Events(
                            isVoid ? Optional.empty() : events.finding,
                            steps > 0 ? Optional.of(steps) : Optional.empty(),
                            Optional.empty(),
                            "");
                }
                case "end" ->
                    events = new Events(
                            events.finding,
                            events.stepsPerEpoch,
                            Optional.of(event.path("how").asText()),
                            Finding.cut(event.path("message").asText()));
                default -> {
                    // a word of another event that contains the word
                }
            }
        }
        return events;
    }

    private Events with(Optional<Finding> found) {
        return new Events(found, stepsPerEpoch, end, message);
    }

    private static JsonNode event(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
