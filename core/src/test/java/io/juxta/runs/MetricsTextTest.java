package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a line says of a step: of a method that is not right or wrong no share of which there is none. */
class MetricsTextTest {
    @Test
    void eachMethodSaysWhatItHas() {
        assertThat(MetricsText.of(Map.of("loss", 4.0, "acc1", 31.2))).isEqualTo("acc1 31.2 %");
        assertThat(MetricsText.of(Map.of("loss", 4.0, "agreement", 50.0))).isEqualTo("agreement 50.0 %");
        assertThat(MetricsText.of(Map.of("loss", -0.8, "target_cosine", 0.8, "grad_norm", 1.0)))
                .isEqualTo("target_cosine 0.800");
        assertThat(MetricsText.of(Map.of("loss", 7.5, "target_entropy", 0.5, "grad_norm", 1.0)))
                .isEqualTo("target_entropy 0.500");
        assertThat(MetricsText.of(Map.of("loss", 200.0, "on_diagonal", 150.0, "off_diagonal", 50.0)))
                .isEqualTo("off_diagonal 50.000");
        assertThat(MetricsText.of(Map.of("loss", 24.0, "invariance", 1.0, "variance", 20.0, "covariance", 3.0)))
                .isEqualTo("variance 20.000");
    }
}
