package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** LARC against the original's (golden SWAV-3) and against formulas written out. */
class LarcTest {
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void threeStepsAreTheOriginals(ScalarType type) {
        double[][] w = {{2.839068, 4.4286934}, {2.8388782, 4.4279609}, {2.8376645, 4.4279089}};
        double[][] b = {
            {0.3701879, 0.3139239, 0.08259737}, {0.7031848, 0.5965783, 0.1570588}, {1.003029, 0.8513587, 0.224251}
        };
        double[][] g = {
            {0.9997762, 0.9992568, 1.000327}, {1.000044, 0.9978945, 1.000774}, {1.000157, 0.9971222, 1.001856}
        };
        try (PointerScope scope = new PointerScope()) {
            TensorOptions options = new TensorOptions().dtype(new org.bytedeco.pytorch.ScalarTypeOptional(type));
            List<Tensor> parameters = List.of(
                    Filler.tensor(14, type, 3, 4).set_requires_grad(true),
                    torch.zeros(new long[] {3}, options).set_requires_grad(true),
                    torch.ones(new long[] {3}, options).set_requires_grad(true));
            try (Larc larc = new Larc(parameters, new Larc.Options(Larc.Rule.LARC, 0.9, 0.01, 0.001))) {
                for (int s = 0; s < 3; s++) {
                    gradient(parameters.get(0), Filler.tensor(15 + s, type, 3, 4));
                    gradient(parameters.get(1), Filler.tensor(25 + s, type, 3));
                    gradient(parameters.get(2), Filler.tensor(35 + s, type, 3));
                    larc.step(0.5);
                    double[] weight = values(parameters.get(0));
                    assertThat(sum(weight)).isCloseTo(w[s][0], within(2e-6));
                    assertThat(sum(abs(weight))).isCloseTo(w[s][1], within(1e-5 * w[s][1]));
                    assertThat(values(parameters.get(1))).containsExactly(b[s], within(2e-6));
                    assertThat(values(parameters.get(2))).containsExactly(g[s], within(2e-6));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Float, 1, LARC",
        "Double, 2, LARC",
        "Double, 3, LARC",
        "Float, 4, LARC",
        "Float, 5, LARS",
        "Double, 6, LARS"
    })
    void stepsAsAPlainLoop(ScalarType type, int seed, Larc.Rule rule) {
        Random random = new Random(seed);
        Larc.Options options = new Larc.Options(rule, random.nextDouble(), random.nextDouble() / 10, 0.02);
        double tolerance = type == ScalarType.Double ? 1e-13 : 1e-5;
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = List.of(
                    Filler.tensor(seed, type, 4, 3, 3, 3).set_requires_grad(true),
                    Filler.tensor(seed + 1, rule == Larc.Rule.LARS ? 1 : 0, type, 5)
                            .set_requires_grad(true),
                    Filler.tensor(seed + 2, type, 2, 7).set_requires_grad(true));
            List<double[]> p = parameters.stream().map(LarcTest::values).toList();
            List<double[]> v =
                    p.stream().map(values -> new double[values.length]).toList();
            try (Larc larc = new Larc(parameters, options)) {
                for (int step = 0; step < 5; step++) {
                    for (int t = 0; t < 3; t++) {
                        // the last one has a gradient of zero in the second step, and none at all in the fourth
                        Tensor gradient = Filler.tensor(
                                100 + 10L * step + t,
                                t == 2 && step == 1 ? 0 : 1,
                                type,
                                parameters.get(t).sizes().vec().get());
                        if (t == 2 && step == 3) {
                            parameters.get(t).mutable_grad().put(new Tensor());
                        } else {
                            gradient(parameters.get(t), gradient);
                            boolean plain = rule == Larc.Rule.LARS && t == 1;
                            slow(p.get(t), v.get(t), values(gradient), options, plain);
                        }
                    }
                    larc.step(0.3);
                    for (int t = 0; t < 3; t++) {
                        assertThat(values(parameters.get(t))).containsExactly(p.get(t), within(tolerance));
                    }
                }
                Map<String, Tensor> velocities = larc.state(List.of("a", "b", "c"));
                assertThat(values(velocities.get("c"))).containsExactly(v.get(2), within(tolerance));
            }
        }
    }

    private static void slow(double[] p, double[] v, double[] g, Larc.Options options, boolean plain) {
        double normP = Math.sqrt(sum(squares(p)));
        double normG = Math.sqrt(sum(squares(g)));
        double decay = options.weightDecay();
        for (int i = 0; i < p.length; i++) {
            double d = plain || normP == 0 || normG == 0
                    ? g[i]
                    : (g[i] + decay * p[i]) * options.trustCoefficient() * normP / (normG + decay * normP + 1e-8);
            v[i] = options.momentum() * v[i] + d;
            p[i] -= 0.3 * v[i];
        }
    }

    @Test
    void aGradientNormIsThatOfAllThatHaveOne() {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = List.of(
                    torch.ones(3).set_requires_grad(true),
                    torch.ones(2).set_requires_grad(true),
                    torch.ones(2).set_requires_grad(true));
            gradient(parameters.get(0), torch.ones(3));
            gradient(parameters.get(2), torch.ones(2).mul(new Scalar(3.0)));
            try (Larc larc = new Larc(parameters, Recipe.defaults(Larc.Options.class))) {
                assertThat(larc.gradientNorm().item_double()).isCloseTo(Math.sqrt(3 + 18), within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.9|1e-6|0|trust-coefficient 0.0 must",
                "0.9|1e-6|1.5|trust-coefficient 1.5 must",
                "1|0|0.1|momentum 1.0"
            })
    void refuses(double momentum, double decay, double trust, String message) {
        assertThatThrownBy(() -> new Larc.Options(Larc.Rule.LARC, momentum, decay, trust))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static void gradient(Tensor parameter, Tensor value) {
        parameter.mutable_grad().put(value);
    }

    private static double[] values(Tensor x) {
        Tensor flat = x.detach().to(ScalarType.Double).contiguous().flatten();
        double[] values = new double[(int) flat.numel()];
        flat.data_ptr_double().get(values);
        return values;
    }

    private static double sum(double[] x) {
        return java.util.Arrays.stream(x).sum();
    }

    private static double[] abs(double[] x) {
        return java.util.Arrays.stream(x).map(Math::abs).toArray();
    }

    private static double[] squares(double[] x) {
        return java.util.Arrays.stream(x).map(v -> v * v).toArray();
    }
}
