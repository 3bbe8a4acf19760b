package io.juxta.siamese;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.train.LearningRate;
import io.juxta.train.embedding.Momentum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules against numbers of the authors' programs (golden SCHED-1). */
class WarmCosineTest {
    private static WarmCosine rate(double lr, double finalLr) {
        return new WarmCosine(lr, LearningRate.Updates.ITERATION, 10, finalLr, Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "SimCLR, 4.8, 0, 1, 3127, 31279, 0.001535017589",
        "SimCLR, 4.8, 0, 3126, 3127, 31279, 4.798464982",
        "SimCLR, 4.8, 0, 3127, 3127, 31279, 4.8",
        "SimCLR, 4.8, 0, 17202, 3127, 31279, 2.400267825",
        "SimCLR, 4.8, 0, 31278, 3127, 31279, 1.494384936e-08",
        "MoCo v3, 9.6, 0, 0.5, 10, 100, 0.48",
        "MoCo v3, 9.6, 0, 10.5, 10, 100, 9.599268937",
        "MoCo v3, 9.6, 0, 50, 10, 100, 5.633511253",
        "MoCo v3, 9.6, 0, 99, 10, 100, 0.002924030308",
        "SimSiam, 0.1, 0, 0, 0, 100, 0.1",
        "SimSiam, 0.1, 0, 1, 0, 100, 0.09997532802",
        "SimSiam, 0.1, 0, 99, 0, 100, 2.467198171e-05",
        "Barlow Twins, 1.6, 0.0016, 1, 6260, 626000, 0.0002555910543",
        "Barlow Twins, 1.6, 0.0016, 6260, 6260, 626000, 1.6",
        "Barlow Twins, 1.6, 0.0016, 316130, 6260, 626000, 0.8008",
        "Barlow Twins, 1.6, 0.0016, 625999, 6260, 626000, 0.00160000001"
    })
    void isThePrograms(String program, double lr, double finalLr, double t, double warm, double end, double expected) {
        assertThat(rate(lr, finalLr).of(t, warm, end)).isCloseTo(expected, within(1e-8 * Math.max(expected, 1e-3)));
    }

    @ParameterizedTest
    @CsvSource({"0.99, 0.01, 0.9900024672", "0.99, 0.5, 0.995", "0.99, 0.99, 0.9999975328", "0.996, 0.1, 0.996097887"})
    void theTargetsMomentumGrowsAsThePrograms(double m, double progress, double expected) {
        assertThat(new Momentum(m, Momentum.Course.COSINE).at(progress)).isCloseTo(expected, within(1e-9));
        assertThat(new Momentum(m, Momentum.Course.CONSTANT).at(progress)).isEqualTo(m);
    }

    /** SimSiam's rate changes between epochs, but grows at every step where it is warmed up. */
    @Test
    void holdsForAnEpochWhereItIsAskedTo() {
        WarmCosine rate = new WarmCosine(0.1, LearningRate.Updates.EPOCH, 2, 0, Optional.empty());
        assertThat(rate.at(0, 0, 4, 10)).isZero();
        assertThat(rate.at(1, 2, 4, 10)).isCloseTo(0.075, within(1e-12));
        assertThat(rate.at(5, 3, 4, 10)).isEqualTo(rate.at(5, 0, 4, 10)).isEqualTo(rate.of(5, 2, 10));
    }

    @Test
    void followsTheBatchSizeOnce() {
        List<String> said = new ArrayList<>();
        WarmCosine fitted = new WarmCosine(0.2, LearningRate.Updates.ITERATION, 10, 0.0002, Optional.of(256))
                .fitTo(2048, said::add);
        assertThat(fitted.lr()).isEqualTo(1.6);
        assertThat(fitted.finalLr()).isCloseTo(0.0016, within(1e-15));
        assertThat(said).containsExactly("lr 0.2 becomes 1.6: it is meant for a batch of 256, not 2048 (lr-for-batch)");
        assertThat(fitted.fitTo(64, said::add)).isEqualTo(fitted);
    }
}
