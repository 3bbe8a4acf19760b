package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a machine where oneDNN garbles plain convolutions, four of these fail without the detour. */
class OneDnnTest {
    /** Result and gradients in float32 are those in float64. */
    @ParameterizedTest
    @CsvSource({"3, 8, 3, 1", "8, 8, 3, 1", "20, 24, 3, 2", "24, 1, 1, 1", "1, 20, 7, 1"})
    void convolutionsAreRight(int in, int out, int kernel, int stride) {
        try (PointerScope scope = new PointerScope()) {
            Conv2dImpl conv = Layers.conv2d(in, out, kernel, stride, kernel / 2, true);
            same(conv, x -> Layers.forward(conv, x), in);
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 4", "20, 12"})
    void doublingsAreRight(int in, int out) {
        try (PointerScope scope = new PointerScope()) {
            ConvTranspose2dImpl conv = Layers.doubling(in, out, true);
            same(conv, x -> Layers.forward(conv, x), in);
        }
    }

    /** It says at each convolution that it cannot start, on some machines, in the midst of what a command says. */
    @Test
    void nnpackIsNotAsked() {
        try (PointerScope scope = new PointerScope()) {
            Layers.forward(Layers.conv2d(3, 8, 3, 1, 1, true), Filler.tensor(1, ScalarType.Float, 4, 3, 16, 16));
            assertThat(torch.globalContext().userEnabledNNPACK()).isFalse();
        }
    }

    private static void same(Module conv, UnaryOperator<Tensor> forward, int in) {
        fill(conv);
        List<Tensor> single = pass(conv, forward, Filler.tensor(1, ScalarType.Float, 4, in, 16, 16));
        StateDict.convert(conv, ScalarType.Double);
        conv.zero_grad(true);
        same(single, pass(conv, forward, Filler.tensor(1, ScalarType.Double, 4, in, 16, 16)));
    }

    private static void fill(Module conv) {
        long tag = 2;
        try (NoGradGuard guard = new NoGradGuard()) {
            for (Tensor parameter : StateDict.parameters(conv).values()) {
                long[] shape = parameter.sizes().vec().get();
                parameter.copy_(Filler.tensor(tag++, 0.1, ScalarType.Float, shape));
            }
        }
    }

    /** The result, and the gradients of the input and of all parameters. */
    private static List<Tensor> pass(Module conv, UnaryOperator<Tensor> forward, Tensor input) {
        Tensor x = input.set_requires_grad(true);
        Tensor y = forward.apply(x);
        y.square().sum().backward();
        List<Tensor> all = new ArrayList<>(List.of(y, x.grad().clone()));
        StateDict.parameters(conv)
                .values()
                .forEach(parameter -> all.add(parameter.grad().clone()));
        return all;
    }

    private static void same(List<Tensor> single, List<Tensor> exact) {
        for (int i = 0; i < exact.size(); i++) {
            double largest = exact.get(i).abs().max().item_double();
            Tensor difference = single.get(i).to(ScalarType.Double).sub(exact.get(i));
            assertThat(difference.abs().max().item_double()).isLessThan(1e-5 * largest);
        }
    }
}
