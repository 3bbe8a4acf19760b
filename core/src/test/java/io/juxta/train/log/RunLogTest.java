package io.juxta.train.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.juxta.train.Position;
import io.juxta.train.health.Diagnosis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    private static final int STEPS = 75;

    @TempDir
    Path folder;

    /** All files in the order in which TensorBoard reads them. */
    private List<EventReader.Event> events() throws IOException {
        List<EventReader.Event> events = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().contains("tfevents"))
                    .sorted()
                    .toList()) {
                events.addAll(EventReader.read(file));
            }
        }
        return events;
    }

    /** What TensorBoard shows: where a session starts, all from its step on is forgotten. */
    private List<String> shown(String tag) throws IOException {
        List<EventReader.Event> shown = new ArrayList<>();
        for (EventReader.Event event : events()) {
            if (event.start()) {
                shown.removeIf(earlier -> earlier.step() >= event.step());
            }
            if (event.scalars().containsKey(tag)) {
                shown.add(event);
            }
        }
        return shown.stream()
                .map(event -> event.step() + ":" + event.scalars().get(tag))
                .toList();
    }

    private List<JsonNode> lines(String event) throws IOException {
        return JsonLinesTest.read(folder.resolve("events.jsonl")).stream()
                .filter(line -> line.get("event").asText().equals(event))
                .toList();
    }

    private static String withoutTime(JsonNode line) {
        return line.toString().replaceAll("\"time\":\"[^\"]+\",", "");
    }

    /** Steps and epochs from one place of the run to another; the loss says when it was measured. */
    private static void train(RunLog log, int from, int to, double loss) throws IOException {
        for (int step = from + 1; step <= to; step++) {
            int epoch = (step - 1) / STEPS;
            Position after = new Position(epoch, step - epoch * STEPS, Map.of(), 0, 0);
            log.step(after, 0.5, Map.of("loss", loss));
            if (step % STEPS == 0) {
                log.epoch(epoch, Map.of("loss", loss, "knn", 40.0, "effective_rank", 8.0, "images_per_second", 9.0));
            }
        }
    }

    @Test
    void aRunIsTold() throws IOException {
        try (RunLog log = RunLog.open(folder, Position.START, STEPS, Map.of("recipe", Map.of("K", "64")))) {
            log.warning("K becomes 64");
            log.before(Map.of("knn", 12.5));
            train(log, 0, STEPS, 6);
            log.health(1, new Diagnosis(Diagnosis.Verdict.TOO_EASY, "found", "change"));
            log.checkpoint(Position.afterEpochs(1));
            assertThat(log.telling(() -> true)).isTrue();
        }
        assertThat(events().stream().map(event -> event.step() + " " + event.scalars()))
                .containsExactly(
                        "0 {}",
                        "0 {}",
                        "0 {eval/knn=12.5}",
                        "50 {step/loss=6.0, step/lr=0.5}",
                        "75 {embedding/effective_rank=8.0, eval/knn=40.0, speed/images_per_second=9.0, train/loss=6.0}");
        assertThat(JsonLinesTest.read(folder.resolve("events.jsonl")).stream()
                        .map(line -> line.get("event").asText()))
                .containsExactly("start", "warning", "epoch", "step", "epoch", "health", "checkpoint", "end");
        assertThat(withoutTime(lines("start").get(0)))
                .isEqualTo("{\"event\":\"start\",\"step\":0,\"epoch\":0,\"resumed\":false,\"steps_per_epoch\":75,"
                        + "\"recipe\":{\"K\":\"64\"}}");
        assertThat(lines("warning").get(0).get("message").asText()).isEqualTo("K becomes 64");
        assertThat(withoutTime(lines("epoch").get(0)))
                .isEqualTo("{\"event\":\"epoch\",\"step\":0,\"epoch\":0,\"knn\":12.5}");
        JsonNode step = lines("step").get(0);
        assertThat(step.get("step").asInt()).isEqualTo(50);
        assertThat(step.get("epoch").asInt()).isEqualTo(1);
        assertThat(step.get("loss").asDouble()).isEqualTo(6);
        assertThat(step.get("lr").asDouble()).isEqualTo(0.5);
        assertThat(lines("epoch").get(1).get("effective_rank").asDouble()).isEqualTo(8);
        assertThat(withoutTime(lines("health").get(0)))
                .isEqualTo(
                        "{\"event\":\"health\",\"step\":75,\"epoch\":1,\"verdict\":\"too easy\",\"finding\":\"found\","
                                + "\"advice\":\"change\"}");
        assertThat(withoutTime(lines("checkpoint").get(0)))
                .isEqualTo("{\"event\":\"checkpoint\",\"step\":75,\"epoch\":1,\"batch\":0}");
        assertThat(withoutTime(lines("end").get(0))).isEqualTo("{\"event\":\"end\",\"how\":\"finished\"}");
    }

    @Test
    void whatWasToldBeyondTheCheckpointIsSuperseded() throws IOException {
        try (RunLog log = RunLog.open(folder, Position.START, STEPS, Map.of())) {
            train(log, 0, 260, 6);
        }
        // killed there; its checkpoint is of step 160, in the third epoch
        try (RunLog log = RunLog.open(folder, new Position(2, 10, Map.of(), 0, 0), STEPS, Map.of())) {
            train(log, 160, 300, 5);
        }
        assertThat(shown("step/loss")).containsExactly("50:6.0", "100:6.0", "150:6.0", "200:5.0", "250:5.0", "300:5.0");
        assertThat(shown("train/loss")).containsExactly("75:6.0", "150:6.0", "225:5.0", "300:5.0");
        assertThat(lines("start")).hasSize(2);
        assertThat(lines("start").get(1).get("resumed").asBoolean()).isTrue();
        assertThat(lines("start").get(1).get("step").asInt()).isEqualTo(160);
    }

    @Test
    void aCheckpointAtTheEndOfAnEpochKeepsThatEpoch() throws IOException {
        try (RunLog log = RunLog.open(folder, Position.START, STEPS, Map.of())) {
            train(log, 0, 160, 6);
        }
        try (RunLog log = RunLog.open(folder, Position.afterEpochs(2), STEPS, Map.of())) {
            train(log, 150, 225, 5);
        }
        assertThat(shown("train/loss")).containsExactly("75:6.0", "150:6.0", "225:5.0");
    }

    @Test
    void anErrorIsTold() throws IOException {
        try (RunLog log = RunLog.open(folder, Position.START, STEPS, Map.of())) {
            assertThatThrownBy(() -> log.telling(() -> {
                        throw new IOException("disk gone");
                    }))
                    .hasMessage("disk gone");
        }
        assertThat(withoutTime(lines("end").get(0)))
                .isEqualTo("{\"event\":\"end\",\"how\":\"failed\",\"message\":\"disk gone\"}");
    }
}
