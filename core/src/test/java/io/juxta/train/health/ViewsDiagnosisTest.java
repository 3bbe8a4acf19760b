package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How runs are judged that compare two views. */
class ViewsDiagnosisTest {
    private static final Diagnosis.Task SIMCLR =
            new Diagnosis.Views(Math.log(255), Math.log1p(254 * Math.exp(-2)), 0, 390, Diagnosis.Guard.NEGATIVES);
    private static final Diagnosis.Task SIMSIAM = new Diagnosis.Views(0, -1, 0, 390, Diagnosis.Guard.PREDICTOR);
    private static final Diagnosis.Task VICREG = new Diagnosis.Views(24.75, 0, 0, 390, Diagnosis.Guard.STATISTICS);

    private static Map<String, Double> epoch(String figures) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("embedding_std", 0.9);
        metrics.put("effective_rank", 40.0);
        metrics.put("mean_cosine", 0.1);
        for (String figure : figures.split(" ")) {
            metrics.put(figure.split("=")[0], Double.valueOf(figure.split("=")[1]));
        }
        return metrics;
    }

    private static Diagnosis of(Diagnosis.Task task, String figures) {
        return Diagnosis.of(List.of(epoch(figures)), task);
    }

    /** A collapsed encoder has the least loss there is: it is judged by its embeddings. */
    @Test
    void aCollapseIsSeenThoughTheLossIsLow() {
        Diagnosis collapsed =
                of(SIMSIAM, "loss=-0.99 target_cosine=0.99 embedding_std=0.02 effective_rank=1.2 mean_cosine=1");
        assertThat(collapsed.verdict()).isEqualTo(Verdict.COLLAPSED);
        assertThat(collapsed.finding()).contains("loss -0.99, where knowing nothing costs 0.00");
        assertThat(collapsed.advice()).contains("weight-decay", "predictor");
        assertThat(of(VICREG, "loss=24.75 embedding_std=0.01 effective_rank=1").advice())
                .contains("std-coeff");
        assertThat(of(SIMCLR, "loss=5.54 embedding_std=0.01 effective_rank=1").advice())
                .contains("batch-size");
    }

    @Test
    void aSoundRunIsHealthyAndSaysItsOwnFigures() {
        Diagnosis simSiam = of(SIMSIAM, "loss=-0.8 target_cosine=0.8");
        assertThat(simSiam.verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(simSiam.finding()).contains("cosine of prediction and target 0.80");
        assertThat(of(SIMCLR, "loss=4.2 acc1=31").finding()).contains("accuracy 31.0 %");
        assertThat(of(VICREG, "loss=14 invariance=4 variance=9 covariance=1").finding())
                .contains("invariance 4.00, variance 9.00, covariance 1.00");
        Diagnosis.Task barlow = new Diagnosis.Views(512, 0, 0, 390, Diagnosis.Guard.STATISTICS);
        assertThat(of(barlow, "loss=200 on_diagonal=150 off_diagonal=50").finding())
                .contains("on the diagonal 150, off it 50.0");
    }

    @ParameterizedTest
    @CsvSource({"-0.001, UNKNOWN", "0.02, UNKNOWN", "-0.3, HEALTHY"})
    void aLossBelowZeroHasALineToo(double loss, Verdict verdict) {
        assertThat(of(SIMSIAM, "loss=" + loss + " target_cosine=0.1").verdict()).isEqualTo(verdict);
    }

    @Test
    void nothingLearnedForLongIsStalled() {
        List<Map<String, Double>> epochs =
                List.of(epoch("loss=-0.01"), epoch("loss=-0.011"), epoch("loss=-0.012"), epoch("loss=-0.012"));
        assertThat(Diagnosis.of(epochs, SIMSIAM).verdict()).isEqualTo(Verdict.STALLED);
        List<Map<String, Double>> falling =
                List.of(epoch("loss=-0.002"), epoch("loss=-0.005"), epoch("loss=-0.02"), epoch("loss=-0.04"));
        assertThat(Diagnosis.of(falling, SIMSIAM).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void whatIsFoundEveryTimeIsTooEasy() {
        Diagnosis easy = of(SIMCLR, "loss=0.4 acc1=99.9");
        assertThat(easy.verdict()).isEqualTo(Verdict.TOO_EASY);
        assertThat(easy.advice()).contains("batch-size");
    }
}
