package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
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
            fill(conv.weight(), conv.bias());
            Tensor x = Filler.tensor(1, ScalarType.Float, 4, in, 16, 16);
            List<Tensor> single = pass(Layers.forward(conv, x.set_requires_grad(true)), x, conv.weight(), conv.bias());
            StateDict.convert(conv, ScalarType.Double);
            conv.zero_grad(true);
            Tensor y = x.detach().to(ScalarType.Double).set_requires_grad(true);
            same(single, pass(Layers.forward(conv, y), y, conv.weight(), conv.bias()));
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 4", "20, 12"})
    void doublingsAreRight(int in, int out) {
        try (PointerScope scope = new PointerScope()) {
            ConvTranspose2dImpl conv = Layers.doubling(in, out, true);
            fill(conv.weight(), conv.bias());
            Tensor x = Filler.tensor(1, ScalarType.Float, 4, in, 16, 16);
            List<Tensor> single = pass(Layers.forward(conv, x.set_requires_grad(true)), x, conv.weight(), conv.bias());
            StateDict.convert(conv, ScalarType.Double);
            conv.zero_grad(true);
            Tensor y = x.detach().to(ScalarType.Double).set_requires_grad(true);
            same(single, pass(Layers.forward(conv, y), y, conv.weight(), conv.bias()));
        }
    }

    private static void fill(Tensor weight, Tensor bias) {
        try (NoGradGuard guard = new NoGradGuard()) {
            weight.copy_(
                    Filler.tensor(2, 0.1, ScalarType.Float, weight.sizes().vec().get()));
            bias.copy_(
                    Filler.tensor(3, 0.1, ScalarType.Float, bias.sizes().vec().get()));
        }
    }

    private static List<Tensor> pass(Tensor y, Tensor x, Tensor weight, Tensor bias) {
        y.square().sum().backward();
        return List.of(y, x.grad().clone(), weight.grad().clone(), bias.grad().clone());
    }

    private static void same(List<Tensor> single, List<Tensor> exact) {
        for (int i = 0; i < exact.size(); i++) {
            double largest = exact.get(i).abs().max().item_double();
            Tensor difference = single.get(i).to(ScalarType.Double).sub(exact.get(i));
            assertThat(difference.abs().max().item_double()).isLessThan(1e-5 * largest);
        }
    }
}
