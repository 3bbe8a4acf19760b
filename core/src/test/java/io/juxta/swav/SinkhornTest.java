package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sinkhorn against plain loops over double, and where float32 ends. */
class SinkhornTest {
    @RepeatedTest(20)
    void bothFormsAreThatOfPlainLoops(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int B = 2 + random.nextInt(12);
        int K = 2 + random.nextInt(9);
        double epsilon = 0.03 + random.nextDouble();
        int iterations = random.nextInt(6);
        double[][] scores = new double[B][K];
        double[] flat = new double[B * K];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = 2 * random.nextDouble() - 1;
            scores[i / K][i % K] = flat[i];
        }
        double[] expected = slow(scores, epsilon, iterations);
        try (PointerScope scope = new PointerScope()) {
            Tensor x = Tensor.create(flat, B, K);
            Tensor single = x.to(ScalarType.Float);
            assertThat(Goldens.values(Sinkhorn.plain(x, epsilon, iterations))).containsExactly(expected, within(1e-12));
            assertThat(Goldens.values(Sinkhorn.assign(x, epsilon, iterations)))
                    .containsExactly(expected, within(1e-12));
            assertThat(Goldens.values(Sinkhorn.plain(single, epsilon, iterations)))
                    .containsExactly(expected, within(2e-5));
            assertThat(Goldens.values(Sinkhorn.assign(single, epsilon, iterations)))
                    .containsExactly(expected, within(2e-5));
        }
    }

    /** Prototypes first, samples last. */
    private static double[] slow(double[][] scores, double epsilon, int iterations) {
        int B = scores.length;
        int K = scores[0].length;
        double[][] q = new double[B][K];
        double total = 0;
        for (int b = 0; b < B; b++) {
            for (int k = 0; k < K; k++) {
                q[b][k] = Math.exp(scores[b][k] / epsilon);
                total += q[b][k];
            }
        }
        for (int b = 0; b < B; b++) {
            for (int k = 0; k < K; k++) {
                q[b][k] /= total;
            }
        }
        for (int i = 0; i < iterations; i++) {
            for (int k = 0; k < K; k++) {
                double sum = 0;
                for (int b = 0; b < B; b++) {
                    sum += q[b][k];
                }
                for (int b = 0; b < B; b++) {
                    q[b][k] /= sum * K;
                }
            }
            for (int b = 0; b < B; b++) {
                double sum = 0;
                for (int k = 0; k < K; k++) {
                    sum += q[b][k];
                }
                for (int k = 0; k < K; k++) {
                    q[b][k] /= sum * B;
                }
            }
        }
        double[] flat = new double[B * K];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = q[i / K][i % K] * B;
        }
        return flat;
    }

    /** At ε 0.005 exp(1 / ε) is 7e86: far above float32, and well within float64, whose plain form says what is right. */
    @Test
    void staysFiniteWhereThePlainFormDoesNot() {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = torch.normalize(Filler.tensor(3, ScalarType.Float, 64, 16))
                    .mm(torch.normalize(Filler.tensor(4, ScalarType.Float, 10, 16))
                            .t());
            scores.select(0, 0).select(0, 0).fill_(new Scalar(1.0));
            assertThat(Sinkhorn.plain(scores, 0.005, 3).isfinite().all().item_bool())
                    .isFalse();
            Tensor safe = Sinkhorn.assign(scores, 0.005, 3);
            assertThat(safe.isfinite().all().item_bool()).isTrue();
            double[] expected = Goldens.values(Sinkhorn.plain(scores.to(ScalarType.Double), 0.005, 3));
            assertThat(Goldens.values(safe)).containsExactly(expected, within(2e-4));
            Goldens.values(safe.sum(1), 1e-4, ones(64));
        }
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "-0.1, 3", "NaN, 3", "0.05, -1"})
    void refuses(double epsilon, int iterations) {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = torch.zeros(3, 2);
            assertThatThrownBy(() -> Sinkhorn.assign(scores, epsilon, iterations))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("epsilon " + epsilon + " must be above 0");
        }
    }
}
