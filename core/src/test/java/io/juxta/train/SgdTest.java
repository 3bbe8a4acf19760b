package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SgdTest {
    private static final long[][] SHAPES = {{4, 3, 3, 3}, {5}, {2, 7}, {1}};

    @ParameterizedTest
    @CsvSource({
        "Float, 0.9, 1e-4",
        "Double, 0.9, 1e-4",
        "Float, 0.9, 5e-4",
        "Double, 0, 0",
        "Double, 0.5, 0",
        "Float, 0, 0.1",
    })
    void stepsAsAPlainLoop(ScalarType type, double momentum, double weightDecay) {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = parameters(type);
            List<double[]> p = parameters.stream().map(SgdTest::values).toList();
            List<double[]> v =
                    p.stream().map(values -> new double[values.length]).toList();
            try (Sgd sgd = new Sgd(parameters, new Sgd.Options(momentum, weightDecay))) {
                for (int step = 0; step < 6; step++) {
                    double lr = 0.1 / (step + 1);
                    List<double[]> g = gradients(parameters, step);
                    sgd.step(lr);
                    for (int t = 0; t < p.size(); t++) {
                        for (int i = 0; i < p.get(t).length; i++) {
                            v.get(t)[i] = momentum * v.get(t)[i] + g.get(t)[i] + weightDecay * p.get(t)[i];
                            p.get(t)[i] -= lr * v.get(t)[i];
                        }
                    }
                    Map<String, Tensor> velocities = sgd.state(List.of("a", "b", "c", "d"));
                    double tolerance = type == ScalarType.Double ? 1e-14 : 1e-6;
                    for (int t = 0; t < p.size(); t++) {
                        assertThat(values(parameters.get(t))).containsExactly(p.get(t), within(tolerance));
                        if (momentum > 0) {
                            assertThat(values(velocities.get("abcd".substring(t, t + 1))))
                                    .containsExactly(v.get(t), within(tolerance));
                        }
                    }
                }
            }
        }
    }

    /**
     * torch.optim.SGD(lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True) in float64: four values from 0.5, 1.0, 1.5
     * and 2.0, the gradient of step s of value i being cos(s + i), four steps.
     */
    @Test
    void nesterovsStepsArePyTorchs() {
        double[][] expected = {
            {0.30905, 0.8954425618850534, 1.576217898943957, 2.184298574354085},
            {0.12440036688505343, 0.9282346331861095, 1.7938145530503666, 2.3829100872515343},
            {0.08595258785660956, 1.1074351089245449, 2.0227548534744355, 2.4463750472946417},
            {0.2019435962091209, 1.3025397848220936, 2.1138485816165034, 2.344087260050226}
        };
        try (PointerScope scope = new PointerScope()) {
            Tensor p = Tensor.create(0.5, 1.0, 1.5, 2.0).set_requires_grad(true);
            try (Sgd sgd = new Sgd(List.of(p), new Sgd.Options(0.9, 0.01, true))) {
                for (int s = 0; s < expected.length; s++) {
                    p.mutable_grad().put(Tensor.create(Math.cos(s), Math.cos(s + 1), Math.cos(s + 2), Math.cos(s + 3)));
                    sgd.step(0.1);
                    assertThat(values(p)).containsExactly(expected[s], within(1e-15));
                }
            }
        }
        assertThatThrownBy(() -> new Sgd.Options(0, 0, true))
                .hasMessage("nesterov true needs momentum above 0: it is 0.0");
    }

    @Test
    void leavesGradientsAsTheyAre() {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = parameters(ScalarType.Float);
            List<double[]> before = gradients(parameters, 3);
            try (Sgd sgd = new Sgd(parameters, new Sgd.Options(0.9, 0.1))) {
                sgd.step(0.5);
            }
            for (int t = 0; t < before.size(); t++) {
                assertThat(values(parameters.get(t).grad())).containsExactly(before.get(t));
            }
        }
    }

    @Test
    void stateIsItsOwnMemoryUnderTheGivenNames() {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = parameters(ScalarType.Float);
            gradients(parameters, 0);
            try (Sgd sgd = new Sgd(parameters, new Sgd.Options(0.9, 0))) {
                Map<String, Tensor> state = sgd.state(List.of("conv.weight", "conv.bias", "fc.weight", "fc.bias"));
                assertThat(state.keySet()).containsExactly("conv.weight", "conv.bias", "fc.weight", "fc.bias");
                assertThat(state.get("fc.weight").sizes().vec().get()).containsExactly(2, 7);
                assertThat(values(state.get("conv.bias"))).containsOnly(0);

                sgd.step(0.1);
                assertThat(values(state.get("conv.bias"))).doesNotContain(0);

                // what is copied in is what the next step goes on from
                state.values().forEach(velocity -> velocity.fill_(new Scalar(1.0)));
                parameters.forEach(parameter -> parameter.grad().zero_());
                double[] before = values(parameters.get(1));
                sgd.step(0.1);
                double[] after = values(parameters.get(1));
                for (int i = 0; i < after.length; i++) {
                    assertThat(after[i]).isCloseTo(before[i] - 0.1 * 0.9, within(1e-6));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|0|momentum 1.0 must be",
                "-0.1|0|momentum -0.1 must be",
                "0.9|-1|weight-decay -1.0",
                "0.9|1|weight-decay 1.0"
            })
    void refuses(double momentum, double weightDecay, String message) {
        assertThatThrownBy(() -> new Sgd.Options(momentum, weightDecay))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    /** The first one channels last, as the weights of a network are. */
    private static List<Tensor> parameters(ScalarType type) {
        List<Tensor> parameters = new ArrayList<>();
        for (int t = 0; t < SHAPES.length; t++) {
            Tensor parameter = Filler.tensor(1 + t, type, SHAPES[t]);
            if (SHAPES[t].length == 4) {
                parameter = parameter.contiguous(MemoryFormat.ChannelsLast);
            }
            parameters.add(parameter.set_requires_grad(true));
        }
        return parameters;
    }

    /** Gives every parameter a gradient through the backward pass of sum(g * p), laid out as the parameter is. */
    private static List<double[]> gradients(List<Tensor> parameters, int step) {
        List<double[]> gradients = new ArrayList<>();
        for (int t = 0; t < parameters.size(); t++) {
            Tensor parameter = parameters.get(t);
            Tensor gradient = Filler.tensor(100 + 10L * step + t, parameter.scalar_type(), SHAPES[t]);
            if (SHAPES[t].length == 4) {
                gradient = gradient.contiguous(MemoryFormat.ChannelsLast);
            }
            parameter.mutable_grad().put(new Tensor());
            parameter.mul(gradient).sum().backward();
            gradients.add(values(gradient));
        }
        return gradients;
    }

    /** Row-major. */
    private static double[] values(Tensor x) {
        Tensor flat = x.detach().to(ScalarType.Double).contiguous().flatten();
        double[] values = new double[(int) flat.numel()];
        flat.data_ptr_double().get(values);
        return values;
    }
}
