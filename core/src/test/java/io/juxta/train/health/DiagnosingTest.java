package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.health.Diagnosis.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnosingTest {
    private static final Task TASK = new Diagnosis.Contrast(8, 8, 10, 150);
    private static final Map<String, Double> SOUND =
            Map.of("loss", 5.0, "acc1", 20.0, "embedding_std", 0.9, "effective_rank", 50.0, "mean_cosine", 0.1);
    private static final Map<String, Double> ILL =
            Map.of("loss", 8.0, "acc1", 0.0, "embedding_std", 0.01, "effective_rank", 1.1, "mean_cosine", 0.9);

    private final List<String> told = new ArrayList<>();

    private void epochs(List<Map<String, Double>> before, List<Map<String, Double>> now) throws IOException {
        Diagnosing diagnosing = new Diagnosing(
                TASK,
                before,
                (epochs, diagnosis, isNews) -> told.add(epochs + " " + diagnosis.verdict() + (isNews ? "!" : "")));
        for (Map<String, Double> metrics : now) {
            diagnosing.epoch(before.size() + told.size(), metrics);
        }
    }

    @Test
    void aPersonHearsOfChangesAndOfAllThatIsWrong() throws IOException {
        epochs(List.of(), List.of(SOUND, SOUND, SOUND, ILL, ILL, SOUND));
        assertThat(told)
                .containsExactly("1 unknown", "2 healthy!", "3 healthy", "4 collapsed!", "5 collapsed!", "6 healthy!");
    }

    @Test
    void aResumedRunKnowsItsEpochs() throws IOException {
        epochs(List.of(SOUND, SOUND), List.of(SOUND, ILL));
        assertThat(told).containsExactly("3 healthy", "4 collapsed!");
    }
}
