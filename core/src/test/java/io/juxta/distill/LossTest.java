package io.juxta.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.moco.InfoNce;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Both losses against their formulas in plain loops. */
class LossTest {
    private static double[][] rows(Tensor x) {
        double[] flat = Goldens.values(x);
        int width = (int) x.size(1);
        double[][] rows = new double[(int) x.size(0)][width];
        for (int i = 0; i < flat.length; i++) {
            rows[i / width][i % width] = flat[i];
        }
        return rows;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** D+ of an image: its own embedding by the teacher, and the queue's. */
    private static double[][] dictionary(double[] own, double[][] queue) {
        double[][] all = new double[queue.length + 1][];
        all[0] = own;
        System.arraycopy(queue, 0, all, 1, queue.length);
        return all;
    }

    private static double[] softmax(double[] z, double[][] dictionary, double tau) {
        double[] values = new double[dictionary.length];
        double sum = 0;
        for (int j = 0; j < values.length; j++) {
            values[j] = Math.exp(dot(z, dictionary[j]) / tau);
            sum += values[j];
        }
        for (int j = 0; j < values.length; j++) {
            values[j] /= sum;
        }
        return values;
    }

    @RepeatedTest(10)
    void similaritiesAreTheFormulas(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int n = 1 + random.nextInt(6);
        int dim = 2 + random.nextInt(6);
        int K = 1 + random.nextInt(12);
        double tauS = 0.05 + random.nextDouble();
        double tauT = 0.02 + random.nextDouble() / 4;
        try (PointerScope scope = new PointerScope()) {
            long tag = 10L * repetition.getCurrentRepetition();
            Tensor zS = torch.normalize(Filler.tensor(tag, ScalarType.Double, n, dim))
                    .detach()
                    .set_requires_grad(true);
            Tensor zT = torch.normalize(Filler.tensor(tag + 1, ScalarType.Double, n, dim));
            Tensor queue = TinyDistillation.columns(Filler.tensor(tag + 2, ScalarType.Double, dim, K));
            double[][] keys = rows(queue.t().contiguous());
            double[][] s = rows(zS);
            double[][] t = rows(zT);
            double loss = 0;
            double entropy = 0;
            int right = 0;
            double[] gradient = new double[n * dim];
            for (int i = 0; i < n; i++) {
                double[][] all = dictionary(t[i], keys);
                double[] p = softmax(t[i], all, tauT);
                double[] q = softmax(s[i], all, tauS);
                boolean first = true;
                for (int j = 0; j <= K; j++) {
                    loss -= p[j] * Math.log(q[j]) / n;
                    entropy -= p[j] > 0 ? p[j] * Math.log(p[j]) / n : 0;
                    first &= j == 0 || q[j] < q[0];
                    for (int d = 0; d < dim; d++) {
                        gradient[i * dim + d] += (q[j] - p[j]) * all[j][d] / tauS / n;
                    }
                }
                right += first ? 1 : 0;
            }

            Tensor student = SimilarityDistillation.logits(zS, zT, queue, tauS);
            Tensor teacher = SimilarityDistillation.logits(zT, zT, queue, tauT);
            Tensor computed = SimilarityDistillation.loss(student, teacher);
            computed.backward();
            Map<String, Tensor> figures = SimilarityDistillation.figures(student, teacher);

            assertThat(computed.item_double()).isCloseTo(loss, within(1e-12 * Math.max(1, loss)));
            Goldens.rounded(zS.grad(), 1e-12, gradient);
            assertThat(Objects.requireNonNull(figures.get("teacher_entropy")).item_double())
                    .isCloseTo(entropy, within(1e-12));
            assertThat(Objects.requireNonNull(figures.get("acc1")).item_double())
                    .isCloseTo(100.0 * right / n, within(1e-9));
            assertThat(loss).isGreaterThanOrEqualTo(entropy);
        }
    }

    /** A student that does as its teacher pays the teacher's entropy, one that knows nothing ln(K + 1). */
    @Test
    void theLeastAndTheLineOfKnowingNothing() {
        try (PointerScope scope = new PointerScope()) {
            Tensor zT = torch.normalize(Filler.tensor(1, ScalarType.Double, 4, 6));
            Tensor queue = TinyDistillation.columns(Filler.tensor(2, ScalarType.Double, 6, 9));
            Tensor teacher = SimilarityDistillation.logits(zT, zT, queue, 0.1);
            Tensor entropy = Objects.requireNonNull(
                    SimilarityDistillation.figures(teacher, teacher).get("teacher_entropy"));
            assertThat(SimilarityDistillation.loss(teacher, teacher).item_double())
                    .isCloseTo(entropy.item_double(), within(1e-12));
            Tensor nothing = torch.zeros_like(teacher);
            assertThat(SimilarityDistillation.loss(nothing, teacher).item_double())
                    .isCloseTo(Math.log(10), within(1e-12));
        }
    }

    /** A teacher that is quite sure names one image of all, its own: MoCo's key. */
    @Test
    void withoutATemperatureOfTheTeacherItIsMocos() {
        try (PointerScope scope = new PointerScope()) {
            Tensor zS = torch.normalize(Filler.tensor(1, ScalarType.Double, 5, 6));
            Tensor zT = torch.normalize(Filler.tensor(2, ScalarType.Double, 5, 6));
            Tensor queue = TinyDistillation.columns(Filler.tensor(3, ScalarType.Double, 6, 12));
            double moco = InfoNce.loss(InfoNce.logits(zS, zT, queue, 0.2)).item_double();
            Tensor loss = SimilarityDistillation.loss(
                    SimilarityDistillation.logits(zS, zT, queue, 0.2),
                    SimilarityDistillation.logits(zT, zT, queue, 1e-4));
            assertThat(loss.item_double()).isCloseTo(moco, within(1e-12 * moco));
        }
    }

    @RepeatedTest(5)
    void regressionIsASquaredDistance(RepetitionInfo repetition) {
        try (PointerScope scope = new PointerScope()) {
            long tag = 10L * repetition.getCurrentRepetition();
            Tensor zS = torch.normalize(Filler.tensor(tag, ScalarType.Double, 3, 5));
            Tensor zT = torch.normalize(Filler.tensor(tag + 1, ScalarType.Double, 3, 5));
            double[][] s = rows(zS);
            double[][] t = rows(zT);
            double squares = 0;
            double cosines = 0;
            for (int i = 0; i < s.length; i++) {
                cosines += dot(s[i], t[i]) / s.length;
                for (int d = 0; d < s[i].length; d++) {
                    squares += (s[i][d] - t[i][d]) * (s[i][d] - t[i][d]) / s.length;
                }
            }
            double loss = FeatureRegression.loss(zS, zT).item_double();
            assertThat(loss).isCloseTo(squares, within(1e-12)).isCloseTo(2 - 2 * cosines, within(1e-12));
            assertThat(FeatureRegression.loss(zT, zT).item_double()).isZero();
        }
    }
}
