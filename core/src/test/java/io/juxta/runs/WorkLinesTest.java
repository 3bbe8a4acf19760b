package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.Pace;
import io.juxta.train.run.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkLinesTest {
    private final List<String> said = new ArrayList<>();

    private Progress begin(String task, String unit, long total) {
        said.add("begin " + task + ", " + total + " " + unit);
        return new Progress() {
            @Override
            public void advance(long done, String message) {
                said.add(task + " +" + done + (message.isEmpty() ? "" : ", " + message.replaceFirst(",.*", "")));
            }

            @Override
            public void close() {
                said.add("end " + task);
            }
        };
    }

    @Test
    void notesAreLinesAndEachTaskHasItsOwnProgress() {
        try (WorkLines lines = new WorkLines(said::add, this::begin)) {
            lines.note(Note.Kind.BEGUN, "photos");
            lines.counted(new WorkListener.Counted("embedding", "images", 0, 5));
            lines.counted(new WorkListener.Counted("embedding", "images", 2, 5));
            lines.counted(new WorkListener.Counted("embedding", "images", 5, 5));
            lines.counted(new WorkListener.Counted("comparing", "pairs", 0, 9));
            lines.counted(new WorkListener.Counted("comparing", "pairs", 4, 9));
        }
        assertThat(said)
                .containsExactly(
                        "photos",
                        "begin embedding, 5 images",
                        "embedding +2",
                        "embedding +3",
                        "end embedding",
                        "begin comparing, 9 pairs",
                        "comparing +4",
                        "end comparing");
    }

    @Test
    void anEpochIsALineBehindItsProgressOfWhichAResumedOneHasLess() {
        try (RunLines lines = new RunLines(said::add, this::begin)) {
            for (int step = 3; step <= 4; step++) {
                Pace.Now now = new Pace.Now(1, 2, step, 4, 0.5, 10, 0, 1, 2);
                lines.step(new StepReport(now, 8, 0.1, Map.of()));
            }
            lines.judging(1, 2);
            Map<String, Double> metrics = Map.of("loss", 0.5, "lr", 0.1, "images_per_second", 10.0);
            lines.epoch(new EpochReport(1, 2, metrics, Figure.KNN, Optional.empty(), false));
        }
        assertThat(said)
                .hasSize(5)
                .startsWith(
                        "begin epoch 1/2, 16 images",
                        "epoch 1/2 +8, step 3/4",
                        "epoch 1/2 +8, step 4/4",
                        "end epoch 1/2");
        assertThat(said.get(4)).startsWith("epoch 1/2: loss 0.5000");
    }
}
