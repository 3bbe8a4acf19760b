package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Offset<Double> EXACTLY = within(1e-9);

    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void oneEmbeddingForAllIsRankOne() {
        Tensor one = torch.normalize(Filler.tensor(1, ScalarType.Float, 1, 16));
        Health health = Health.of(one.expand(40, 16));
        assertThat(health.embeddingStd()).isCloseTo(0, within(1e-6));
        assertThat(health.effectiveRank()).isCloseTo(1, within(1e-5));
        assertThat(health.meanCosine()).isCloseTo(1, within(1e-6));
    }

    @Test
    void allDirectionsAlikeAreFullRank() {
        Tensor axes = torch.eye(8);
        Health health = Health.of(torch.cat(new TensorVector(axes, axes.neg()), 0));
        assertThat(health.embeddingStd()).isCloseTo(1, within(1e-6));
        assertThat(health.effectiveRank()).isCloseTo(8, within(1e-5));
        // each of the 16 has one opposite, and is square to all others
        assertThat(health.meanCosine()).isCloseTo(-1.0 / 15, within(1e-6));
    }

    /** Nine embeddings along one axis, four along another: singular values 3 and 2. */
    @Test
    void theRankIsTheExponentialOfTheEntropy() {
        Tensor z = torch.zeros(13, 5);
        z.narrow(0, 0, 9).select(1, 0).fill_(new Scalar(1));
        z.narrow(0, 9, 4).select(1, 3).fill_(new Scalar(-1));
        double entropy = -0.6 * Math.log(0.6) - 0.4 * Math.log(0.4);
        assertThat(Health.of(z).effectiveRank()).isCloseTo(Math.exp(entropy), within(1e-6));
    }

    @Test
    void theFiguresAreThoseOfPlainLoops() {
        int n = 30;
        int d = 6;
        Tensor z = torch.normalize(Filler.tensor(5, ScalarType.Double, n, d).add(new Scalar(0.3)));
        double[] values = new double[n * d];
        z.contiguous().data_ptr_double().get(values);
        double cosines = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int c = 0; c < d && i != j; c++) {
                    cosines += values[i * d + c] * values[j * d + c];
                }
            }
        }
        double std = 0;
        for (int c = 0; c < d; c++) {
            double mean = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                mean += values[i * d + c] / n;
                squares += values[i * d + c] * values[i * d + c] / n;
            }
            std += Math.sqrt(squares - mean * mean) / d;
        }
        Health health = Health.of(z);
        assertThat(health.meanCosine()).isCloseTo(cosines / (n * (n - 1)), EXACTLY);
        assertThat(health.embeddingStd()).isCloseTo(std * Math.sqrt(d), EXACTLY);
    }

    @Test
    void whatIsNoNumberIsSaid() {
        Tensor z = torch.eye(4);
        z.narrow(0, 2, 1).fill_(new Scalar(Double.POSITIVE_INFINITY));
        assertThat(Health.of(z)).isEqualTo(new Health(Double.NaN, Double.NaN, Double.NaN));
    }

    @Test
    void oneEmbeddingIsTooFew() {
        assertThatThrownBy(() -> Health.of(torch.ones(1, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("health needs at least 2 embeddings in a matrix");
    }

    @Test
    void theFiguresHaveNames() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        new Health(0.5, 12, 0.25).putInto(metrics);
        assertThat(metrics)
                .containsExactly(
                        Map.entry("embedding_std", 0.5),
                        Map.entry("effective_rank", 12.0),
                        Map.entry("mean_cosine", 0.25));
    }
}
