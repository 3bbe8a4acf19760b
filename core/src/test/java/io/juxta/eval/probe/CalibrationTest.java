package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels drawn from the very probabilities are calibrated; scores that are too large by a factor need it as their temperature. */
class CalibrationTest {
    private static final int CLASSES = 4;

    private static double[][] scores(int count, Random random) {
        double[][] scores = new double[count][CLASSES];
        for (double[] row : scores) {
            for (int c = 0; c < CLASSES; c++) {
                row[c] = 1.5 * random.nextGaussian();
            }
        }
        return scores;
    }

    private static double[] softmax(double[] row, double temperature) {
        double[] p = new double[CLASSES];
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
            p[c] = Math.exp(row[c] / temperature);
            sum += p[c];
        }
        for (int c = 0; c < CLASSES; c++) {
            p[c] /= sum;
        }
        return p;
    }

    private static long[] drawn(double[][] scores, Random random) {
        long[] labels = new long[scores.length];
        for (int i = 0; i < labels.length; i++) {
            double[] p = softmax(scores[i], 1);
            double left = random.nextDouble();
            for (int c = 0; c < CLASSES && left >= p[c]; c++) {
                left -= p[c];
                labels[i] = Math.min(c + 1, CLASSES - 1);
            }
        }
        return labels;
    }

    private static Tensor tensor(double[][] rows, double factor) {
        double[] all = new double[rows.length * CLASSES];
        for (int i = 0; i < all.length; i++) {
            all[i] = factor * rows[i / CLASSES][i % CLASSES];
        }
        return Tensor.create(all, rows.length, CLASSES);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 4})
    void theTemperatureIsTheFactor(double factor) {
        Random random = new Random(1);
        double[][] scores = scores(4000, random);
        long[] labels = drawn(scores, random);
        try (PointerScope scope = new PointerScope()) {
            Calibration found = Calibration.of(tensor(scores, factor), Tensor.create(labels));
            assertThat(found.temperature() / factor).isCloseTo(1, within(0.06));
            assertThat(found.images()).isEqualTo(4000);
            assertThat(found.after()).isLessThan(0.03);
            if (factor != 1) {
                assertThat(found.before()).isGreaterThan(0.1);
            }
            // the likelihood is nowhere better
            double best = loss(scores, labels, factor, found.temperature());
            for (double other : new double[] {0.97, 1.03}) {
                assertThat(loss(scores, labels, factor, other * found.temperature()))
                        .isGreaterThan(best);
            }
        }
    }

    private static double loss(double[][] scores, long[] labels, double factor, double temperature) {
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            loss -= Math.log(softmax(scores[i], temperature / factor)[(int) labels[i]]);
        }
        return loss;
    }

    /** Fifteen bins, each by a loop of its own. */
    @Test
    void theErrorIsThatOfAPlainLoop() {
        Random random = new Random(2);
        double[][] scores = scores(500, random);
        long[] labels = drawn(scores, random);
        double expected = 0;
        for (int bin = 0; bin < 15; bin++) {
            double sure = 0;
            int right = 0;
            for (int i = 0; i < labels.length; i++) {
                double[] p = softmax(scores[i], 0.4);
                int first = 0;
                for (int c = 0; c < CLASSES; c++) {
                    first = p[c] > p[first] ? c : first;
                }
                if (p[first] > bin / 15.0 && p[first] <= (bin + 1) / 15.0) {
                    sure += p[first];
                    right += first == labels[i] ? 1 : 0;
                }
            }
            expected += Math.abs(sure - right) / labels.length;
        }
        try (PointerScope scope = new PointerScope()) {
            assertThat(Calibration.error(tensor(scores, 1), Tensor.create(labels), 0.4))
                    .isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void scoresThatAreNeverWrongEndAtTheLimit() {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = Tensor.create(new double[] {3, 0, 0, 3, 3, 0}, 3, 2);
            Calibration found = Calibration.of(scores, Tensor.create(new long[] {0, 1, 0}));
            assertThat(found.temperature()).isCloseTo(0.05, within(1e-6));
            assertThat(Calibration.of(scores.mul(new Scalar(0)), Tensor.create(new long[] {0, 1, 0}))
                            .before())
                    .isFinite();
        }
    }
}
