package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a run of DINO is judged. */
class SelfTaughtDiagnosisTest {
    private static final Diagnosis.Task DINO = new Diagnosis.SelfTaught(Math.log(4096), 390, 390);

    private static Map<String, Double> epoch(String figures) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("embedding_std", 0.9);
        metrics.put("effective_rank", 40.0);
        metrics.put("mean_cosine", 0.1);
        metrics.put("centre", 0.1);
        for (String figure : figures.split(" ")) {
            metrics.put(figure.split("=")[0], Double.valueOf(figure.split("=")[1]));
        }
        return metrics;
    }

    private static Diagnosis of(String... epochs) {
        return Diagnosis.of(
                java.util.stream.Stream.of(epochs)
                        .map(SelfTaughtDiagnosisTest::epoch)
                        .toList(),
                DINO);
    }

    private static final String SOUND = "loss=6.0 target_entropy=0.4 target_usage=0.8";

    @Test
    void centringWithoutSharpeningIsSeen() {
        Diagnosis alike = of(SOUND, "loss=8.32 target_entropy=0.999 target_usage=0.9999");
        assertThat(alike.verdict()).isEqualTo(Verdict.COLLAPSED);
        assertThat(alike.finding())
                .startsWith(
                        "the teacher says the same of all images: that every output is as good (target entropy 1.00 of 1,")
                .contains("loss 8.32, where knowing nothing costs 8.32");
        assertThat(alike.advice()).contains("teacher-T");
    }

    @Test
    void sharpeningWithoutCentringIsSeen() {
        Diagnosis one = of(SOUND, "loss=0.1 target_entropy=0.01 target_usage=0.02");
        assertThat(one.verdict()).isEqualTo(Verdict.COLLAPSED);
        assertThat(one.finding()).startsWith("nearly all images get the same one or two outputs (");
        assertThat(one.advice()).contains("centre-momentum");
        Diagnosis fewer = of(SOUND, "loss=3 target_entropy=0.2 target_usage=0.38");
        assertThat(fewer.verdict()).isEqualTo(Verdict.COLLAPSING);
        assertThat(fewer.finding()).startsWith("ever fewer outputs are used (");
    }

    @Test
    void aSoundRunIsHealthyAndSaysItsOwnFigures() {
        Diagnosis sound = of(SOUND, SOUND);
        assertThat(sound.verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(sound.finding()).contains("target entropy 0.40 of 1, usage of outputs 0.80 of 1, centre 0.10");
        assertThat(of(SOUND).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(of(SOUND, "loss=8.31 target_entropy=0.5 target_usage=0.8").finding())
                .startsWith("nothing is learned yet");
    }
}
