package io.juxta.dino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss against the paper's equation, written out. */
class SelfDistillationTest {
    @ParameterizedTest
    @CsvSource({"2, 3, 2, 5, 0.04", "5, 2, 2, 9, 0.07", "3, 4, 1, 3, 1"})
    void isTheEquation(int V, int N, int taught, int K, double T) {
        try (PointerScope scope = new PointerScope()) {
            Tensor s = Filler.tensor(1, 2, ScalarType.Double, (long) V * N, K);
            Tensor t = Filler.tensor(2, 2, ScalarType.Double, (long) taught * N, K);
            Tensor centre = Filler.tensor(3, 0.1, ScalarType.Double, 1, K);
            double loss = SelfDistillation.loss(
                            s,
                            SelfDistillation.targets(t, centre, T),
                            java.util.stream.IntStream.range(0, taught).boxed().toList(),
                            0.1)
                    .item_double();
            double[] c = Goldens.values(centre);
            double sum = 0;
            int pairs = 0;
            for (int a = 0; a < taught; a++) {
                for (int v = 0; v < V; v++) {
                    pairs += a == v ? 0 : 1;
                    for (int n = 0; a != v && n < N; n++) {
                        double[] q = softmax(Goldens.values(t.select(0, (long) a * N + n)), c, T);
                        double[] p = softmax(Goldens.values(s.select(0, (long) v * N + n)), new double[K], 0.1);
                        for (int k = 0; k < K; k++) {
                            sum -= q[k] * Math.log(p[k]);
                        }
                    }
                }
            }
            double expected = sum / pairs / N;
            assertThat(loss).isCloseTo(expected, within(1e-10 * expected));
        }
    }

    private static double[] softmax(double[] x, double[] centre, double T) {
        double[] shares = new double[x.length];
        double sum = 0;
        for (int k = 0; k < x.length; k++) {
            sum += shares[k] = Math.exp((x[k] - centre[k]) / T);
        }
        for (int k = 0; k < x.length; k++) {
            shares[k] /= sum;
        }
        return shares;
    }

    /** A collapse to answers that are all alike costs ln K. */
    @Test
    void answersThatAreAllAlikeCostTheLogarithmOfTheirNumber() {
        try (PointerScope scope = new PointerScope()) {
            Tensor nothing = torch.zeros(4, 8);
            Tensor q = SelfDistillation.targets(torch.zeros(4, 8), torch.zeros(1, 8), 0.04);
            assertThat(SelfDistillation.loss(nothing, q, List.of(0, 1), 0.1).item_double())
                    .isCloseTo(Math.log(8), within(1e-6));
        }
    }

    @Test
    void ofOneCropNothingCanBePredicted() {
        try (PointerScope scope = new PointerScope()) {
            Tensor one = torch.zeros(3, 4);
            assertThatThrownBy(() -> SelfDistillation.loss(one, one.softmax(1), List.of(0), 0.1))
                    .hasMessage("of 1 crop nothing can be predicted: it takes 2");
        }
    }

    /** Lengths of the directions and of embeddings do not matter: outputs are cosines. */
    @Test
    void outputsAreCosines() {
        try (PointerScope scope = new PointerScope();
                LastLayer layer = new LastLayer(6, 4, true)) {
            Tensor z = Filler.tensor(5, ScalarType.Float, 3, 6);
            Tensor once = layer.forward(z).detach();
            assertThat(once.abs().max().item_double()).isLessThanOrEqualTo(1 + 1e-6);
            Tensor twice = layer.forward(z.mul(new Scalar(7))).detach();
            assertThat(twice.sub(once).abs().max().item_double()).isLessThan(1e-6);
        }
    }
}
