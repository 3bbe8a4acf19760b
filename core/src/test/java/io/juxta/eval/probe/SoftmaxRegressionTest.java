package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class SoftmaxRegressionTest {
    private static final int N = 80;
    private static final int D = 4;
    private static final int C = 3;

    /** Against plain gradient descent, twenty thousand steps of it, in double on the same standardised features. */
    @Test
    void itIsTheBestThereIs() {
        Random random = new Random(1);
        double[] x = new double[N * D];
        long[] y = new long[N];
        for (int i = 0; i < N; i++) {
            y[i] = random.nextInt(C);
            for (int j = 0; j < D; j++) {
                x[i * D + j] = 3 + random.nextGaussian() * (1 + j) + (j == y[i] ? 2 : 0);
            }
        }
        double decay = 0.01;
        double[] expected = slow(x, y, decay);
        try (PointerScope scope = new PointerScope();
                SoftmaxRegression fitted = SoftmaxRegression.fit(Tensor.create(x, N, D), Tensor.create(y), C, decay)) {
            double[] found = new double[N * C];
            fitted.scores(Tensor.create(x, N, D))
                    .softmax(1)
                    .contiguous()
                    .data_ptr_double()
                    .get(found);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-3));
            }
        }
    }

    /** Probabilities of each row. */
    private static double[] slow(double[] x, long[] y, double decay) {
        double[] mean = new double[D];
        for (int i = 0; i < N * D; i++) {
            mean[i % D] += x[i] / N;
        }
        double square = 0;
        for (int i = 0; i < N * D; i++) {
            square += Math.pow(x[i] - mean[i % D], 2) / N;
        }
        double[] z = new double[N * D];
        for (int i = 0; i < N * D; i++) {
            z[i] = (x[i] - mean[i % D]) / Math.sqrt(square);
        }
        double[][] w = new double[C][D + 1];
        double[] p = new double[N * C];
        for (int step = 0; step < 20_000; step++) {
            double[][] gradient = new double[C][D + 1];
            for (int i = 0; i < N; i++) {
                double all = 0;
                for (int c = 0; c < C; c++) {
                    double score = w[c][D];
                    for (int j = 0; j < D; j++) {
                        score += w[c][j] * z[i * D + j];
                    }
                    p[i * C + c] = Math.exp(score);
                    all += p[i * C + c];
                }
                for (int c = 0; c < C; c++) {
                    p[i * C + c] /= all;
                    double error = (p[i * C + c] - (y[i] == c ? 1 : 0)) / N;
                    for (int j = 0; j < D; j++) {
                        gradient[c][j] += error * z[i * D + j];
                    }
                    gradient[c][D] += error;
                }
            }
            for (int c = 0; c < C; c++) {
                for (int j = 0; j <= D; j++) {
                    w[c][j] -= 1.5 * (gradient[c][j] + (j < D ? decay * w[c][j] : 0));
                }
            }
        }
        return p;
    }

    @Test
    void equalFeaturesTellNothing() {
        try (PointerScope scope = new PointerScope();
                SoftmaxRegression fitted = SoftmaxRegression.fit(
                        Tensor.create(new float[] {1, 1, 1, 1, 1, 1, 1, 1}, 4, 2),
                        Tensor.create(new long[] {0, 0, 0, 1}),
                        2,
                        0.25)) {
            float[] scores = new float[2];
            fitted.scores(Tensor.create(new float[] {1, 1}, 1, 2))
                    .softmax(1)
                    .data_ptr_float()
                    .get(scores);
            assertThat(scores[0]).isCloseTo(0.75f, within(1e-3f));
        }
    }

    @Test
    void noDecayIsRefused() {
        try (PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> SoftmaxRegression.fit(
                            Tensor.create(new float[] {1, 2}, 2, 1), Tensor.create(new long[] {0, 1}), 2, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("decay 0.0 must be above 0");
        }
    }
}
