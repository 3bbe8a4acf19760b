package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How runs are judged in which a student learns from a teacher. */
class TaughtDiagnosisTest {
    private static final Diagnosis.Task SEED = new Diagnosis.Taught(Math.log(4097), 32, 390);

    private static Map<String, Double> epoch(double loss, double accuracy, double spread) {
        return Map.of(
                "loss",
                loss,
                "acc1",
                accuracy,
                "target_cosine",
                0.7,
                "embedding_std",
                spread,
                "effective_rank",
                20.0,
                "mean_cosine",
                1 - spread);
    }

    /** A student that names its teacher's embedding every time has learned what it was to learn. */
    @Test
    void agreementIsNeverTooEasy() {
        Diagnosis diagnosis = Diagnosis.of(List.of(epoch(3.1, 99.9, 0.8)), SEED);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(diagnosis.finding())
                .startsWith(
                        "loss 3.10, where knowing nothing costs 8.32, cosine of student and teacher 0.70, spread 0.80");
    }

    @Test
    void aCollapseMayBeTheTeachers() {
        Diagnosis diagnosis = Diagnosis.of(List.of(epoch(8.3, 0, 0.02)), SEED);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.COLLAPSED);
        assertThat(diagnosis.advice()).contains("juxta evaluate knn TEACHER", "teacher-layer backbone");
    }

    @Test
    void nothingLearnedIsTold() {
        Diagnosis diagnosis = Diagnosis.of(List.of(epoch(8.3, 0, 0.5)), SEED);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis.finding()).startsWith("nothing is learned yet");
        List<Map<String, Double>> several =
                List.of(epoch(8.2, 0, 0.5), epoch(8.2, 0, 0.51), epoch(8.2, 0, 0.52), epoch(8.2, 0, 0.53));
        assertThat(Diagnosis.of(several, SEED).verdict()).isEqualTo(Verdict.STALLED);
        assertThat(Diagnosis.of(several, SEED).advice()).contains("a wider student follows more closely");
    }

    /** The queue of random directions is easy: nothing is judged before it is full. */
    @Test
    void theFirstStepsAreNoMeasure() {
        Diagnosis.Task slow = new Diagnosis.Taught(Math.log(65537), 2048, 100);
        assertThat(Diagnosis.of(List.of(epoch(11, 0, 0.02)), slow).finding())
                .isEqualTo("too early to tell: 100 of 2248 steps");
    }
}
