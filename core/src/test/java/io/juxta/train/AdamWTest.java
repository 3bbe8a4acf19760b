package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** AdamW against algorithm 2 of its paper, written out. */
class AdamWTest {
    private static Tensor parameter(int tag, long... shape) {
        return Filler.tensor(tag, ScalarType.Double, shape).set_requires_grad(true);
    }

    private static void grad(Tensor parameter, int tag) {
        parameter
                .mutable_grad()
                .put(Filler.tensor(tag, ScalarType.Double, parameter.numel()).reshape(parameter.sizes()));
    }

    /** One tensor as its paper moves it, beginning at step 1. */
    private static final class Slow {
        private final double[] p;
        private final double[] m;
        private final double[] v;
        private int t;

        Slow(Tensor parameter) {
            p = Goldens.values(parameter);
            m = new double[p.length];
            v = new double[p.length];
        }

        void step(double[] g, double lr, double decay) {
            t++;
            for (int i = 0; i < p.length; i++) {
                p[i] -= lr * decay * p[i];
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                p[i] -= lr * (m[i] / (1 - Math.pow(0.9, t))) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Optimizer.Decayed.class)
    void isThePaper(Optimizer.Decayed decayed) {
        try (PointerScope scope = new PointerScope()) {
            Tensor matrix = parameter(1, 2, 3);
            Tensor vector = parameter(2, 4);
            Slow slowMatrix = new Slow(matrix);
            Slow slowVector = new Slow(vector);
            try (AdamW adam = new AdamW(List.of(matrix, vector), List.of(1.0, 0.5), decayed, 0)) {
                for (int s = 0; s < 4; s++) {
                    grad(matrix, 10 + s);
                    grad(vector, 20 + s);
                    double lr = 0.01 * (s + 1);
                    double decay = 0.1 * (s + 1);
                    slowMatrix.step(Goldens.values(matrix.grad()), lr, decay);
                    slowVector.step(
                            Goldens.values(vector.grad()), 0.5 * lr, decayed == Optimizer.Decayed.ALL ? decay : 0);
                    adam.step(lr, decay);
                }
            }
            assertThat(Goldens.values(matrix)).containsExactly(slowMatrix.p, within(1e-12));
            assertThat(Goldens.values(vector)).containsExactly(slowVector.p, within(1e-12));
        }
    }

    /** What has no gradient is left alone, and begins with its own first step. */
    @Test
    void aParameterWithoutGradientWaits() {
        try (PointerScope scope = new PointerScope()) {
            Tensor moved = parameter(1, 2, 3);
            Tensor waiting = parameter(2, 2, 2);
            double[] before = Goldens.values(waiting);
            Slow slow = new Slow(waiting);
            try (AdamW adam = new AdamW(List.of(moved, waiting), List.of(1.0, 1.0), Optimizer.Decayed.ALL, 0.1)) {
                grad(moved, 10);
                adam.step(0.1);
                adam.step(0.1);
                assertThat(Goldens.values(waiting)).containsExactly(before);
                grad(waiting, 20);
                slow.step(Goldens.values(waiting.grad()), 0.1, 0.1);
                adam.step(0.1);
                assertThat(Goldens.values(waiting)).containsExactly(slow.p, within(1e-12));
                Tensor steps =
                        Objects.requireNonNull(adam.state(List.of("a", "b")).get("steps"));
                assertThat(Goldens.whole(steps)).containsExactly(3, 1);
            }
        }
    }
}
