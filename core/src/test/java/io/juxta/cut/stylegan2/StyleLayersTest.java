package io.juxta.cut.stylegan2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.cut.networks.NoiseSource;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** StyleGAN2's layers against slow ones that do what the papers say, pass by pass. */
class StyleLayersTest {
    private static final double ROOT = Math.sqrt(2);

    @ParameterizedTest
    @CsvSource({"2, 1, 8, 8", "1, 2, 8, 8", "1, 1, 17, 9", "2, 1, 7, 5", "1, 2, 7, 10"})
    void blurIsTheWeightedSumOfFourByFourPixels(int padding, int step, int height, int width) {
        try (PointerScope scope = new PointerScope()) {
            Blur blur = new Blur(padding, 4);
            StateDict.convert(blur, ScalarType.Double);
            Tensor x = Filler.tensor(1, ScalarType.Double, 2, 3, height, width);
            Tensor y = blur.forward(x, step);
            assertThat(y.size(2)).isEqualTo((height + 2 * padding - 4) / step + 1);
            assertThat(y.size(3)).isEqualTo((width + 2 * padding - 4) / step + 1);
            double[] expected = new double[(int) y.numel()];
            int i = 0;
            double[] planes = Goldens.values(x);
            for (int plane = 0; plane < 6; plane++) {
                for (int row = 0; row < y.size(2); row++) {
                    for (int column = 0; column < y.size(3); column++) {
                        expected[i++] = blurred(
                                planes,
                                plane * height * width,
                                height,
                                width,
                                row * step - padding,
                                column * step - padding);
                    }
                }
            }
            Goldens.values(y, 1e-12, expected);
        }
    }

    private static double blurred(double[] x, int plane, int height, int width, int top, int left) {
        int[] taps = {1, 3, 3, 1};
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                int row = top + i;
                int column = left + j;
                if (row >= 0 && row < height && column >= 0 && column < width) {
                    sum += 4 * taps[i] * taps[j] / 64.0 * x[plane + row * width + column];
                }
            }
        }
        return sum;
    }

    @Test
    void weightsAreScaledWhenTheyAreUsed() {
        try (PointerScope scope = new PointerScope()) {
            ConvLayer layer = new ConvLayer(3, 5, 3);
            fill(layer, 10);
            Tensor x = Filler.tensor(2, ScalarType.Double, 2, 3, 6, 7);
            close(layer.forward(x), rectified(conv(x, at(layer, "0.weight"), 1, 1), at(layer, "1.bias")));

            EqualLinear linear = new EqualLinear(8, 4);
            fill(linear, 20);
            Tensor rows = Filler.tensor(3, ScalarType.Double, 3, 8);
            Tensor product = torch.matmul(rows, at(linear, "weight").t()).div(new Scalar(Math.sqrt(8)));
            close(linear.forward(rows), product.add(at(linear, "bias")));
            close(linear.activated(rows), rectified(product, at(linear, "bias")));
        }
    }

    @Test
    void freshWeightsAreStandardNormalAndBiasesZero() {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            ConvLayer layer = new ConvLayer(40, 50, 3);
            assertThat(at(layer, "0.weight").mean().item_double()).isCloseTo(0, within(0.02));
            assertThat(at(layer, "0.weight").std().item_double()).isCloseTo(1, within(0.02));
            assertThat(at(layer, "1.bias").abs().max().item_double()).isZero();
            StyledConv styled = new StyledConv(40, 20, true);
            assertThat(at(styled, "conv.weight").std().item_double()).isCloseTo(1, within(0.02));
            assertThat(at(styled, "noise.weight").item_double()).isZero();
        }
    }

    @Test
    void aBlockIsTheSumOfBranchAndSkipOverRootTwo() {
        try (PointerScope scope = new PointerScope()) {
            StyleBlock block = StyleBlock.plain(4);
            fill(block, 30);
            Tensor x = Filler.tensor(4, ScalarType.Double, 2, 4, 6, 7);
            Tensor first = rectified(conv(x, at(block, "conv1.0.weight"), 1, 1), at(block, "conv1.1.bias"));
            Tensor branch = rectified(conv(first, at(block, "conv2.0.weight"), 1, 1), at(block, "conv2.1.bias"));
            close(block.forward(x), branch.add(x).div(new Scalar(ROOT)));
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "7, 10", "5, 3"})
    void aHalvingBlockBlursBeforeItsStrides(int height, int width) {
        try (PointerScope scope = new PointerScope()) {
            StyleBlock block = StyleBlock.halving(3, 4);
            fill(block, 40);
            Tensor x = Filler.tensor(5, ScalarType.Double, 2, 3, height, width);
            Tensor first = rectified(conv(x, at(block, "conv1.0.weight"), 1, 1), at(block, "conv1.1.bias"));
            Tensor second = conv(blur(first, 2, 1), at(block, "conv2.1.weight"), 2, 0);
            Tensor branch = rectified(second, at(block, "conv2.2.bias"));
            Tensor skip = conv(blur(x, 1, 1), at(block, "skip.1.weight"), 2, 0);
            Tensor y = block.forward(x);
            assertThat(StateDict.shape(y)).isEqualTo("(2, 4, " + height / 2 + ", " + width / 2 + ")");
            close(y, branch.add(skip).div(new Scalar(ROOT)));
        }
    }

    /** Karras et al. 2020, equations 1 and 3, with styles s, convolved image by image. */
    @Test
    void styleOnesModulateNothingAndLeaveFiltersOfLengthOne() {
        try (PointerScope scope = new PointerScope()) {
            StyledConv.Modulated conv = new StyledConv.Modulated(3, 5);
            fill(conv, 50);
            Tensor filters = conv.filters(1);
            Goldens.values(filters.square().sum(1, 2, 3).detach(), 1e-7, new double[] {1, 1, 1, 1, 1});

            Tensor x = Filler.tensor(6, ScalarType.Double, 2, 3, 4, 5);
            Tensor styles = torch.ones(2, 1, 3, 1, 1).to(ScalarType.Double);
            Tensor modulated = at(conv, "weight").div(new Scalar(Math.sqrt(27))).mul(styles);
            Tensor length =
                    modulated.square().sum(2, 3, 4).add(new Scalar(1e-8)).sqrt();
            Tensor demodulated = modulated.div(length.view(2, 5, 1, 1, 1));
            Tensor y = conv.forward(x, 1);
            assertThat(StateDict.shape(y)).isEqualTo("(2, 5, 8, 10)");
            for (int image = 0; image < 2; image++) {
                Tensor expected = blur(doubled(x.narrow(0, image, 1), demodulated.select(0, image)), 1, 4);
                close(y.narrow(0, image, 1), expected);
            }
        }
    }

    /** A transposed convolution of stride 2 is a convolution of the picture with zeros between its pixels. */
    private static Tensor doubled(Tensor x, Tensor weight) {
        Tensor spread =
                torch.zeros(1, x.size(1), 2 * x.size(2) - 1, 2 * x.size(3) - 1).to(ScalarType.Double);
        for (int row = 0; row < x.size(2); row++) {
            for (int column = 0; column < x.size(3); column++) {
                spread.narrow(2, 2L * row, 1)
                        .narrow(3, 2L * column, 1)
                        .copy_(x.narrow(2, row, 1).narrow(3, column, 1));
            }
        }
        return convolved(spread, weight.flip(2, 3), 1, 2);
    }

    @Test
    void noiseIsAddedToEveryChannelByOneWeight() {
        try (PointerScope scope = new PointerScope()) {
            StyledConv layer = new StyledConv(3, 5, true);
            fill(layer, 60);
            Tensor x = Filler.tensor(7, ScalarType.Double, 2, 3, 4, 5);
            Tensor noise = Filler.tensor(8, ScalarType.Float, 2, 1, 8, 10);
            Tensor y;
            try (NoGradGuard guard = new NoGradGuard()) {
                at(layer, "noise.weight").fill_(new Scalar(0.7));
                StyledConv.Modulated conv = new StyledConv.Modulated(3, 5);
                StateDict.convert(conv, ScalarType.Double);
                StateDict.load(
                        conv, Map.of("weight", at(layer, "conv.weight"), "blur.kernel", at(layer, "conv.blur.kernel")));
                y = conv.forward(x, 1).add(noise.to(ScalarType.Double).mul(new Scalar(0.7)));
            }
            close(layer.forward(x, (N, H, W) -> noise), rectified(y, at(layer, "activate.bias")));
            close(layer.forward(x, NoiseSource.of(3, 4)), layer.forward(x, NoiseSource.of(3, 4)));
            layer.forward(x, (N, H, W) -> noise).sum().backward();
            assertThat(at(layer, "noise.weight").grad().item_double()).isNotZero();

            StyledConv silent = new StyledConv(3, 5, false);
            assertThat(StateDict.parameters(silent)).containsOnlyKeys("conv.weight", "activate.bias");
        }
    }

    @Test
    void noiseIsAFunctionOfSeedIterationAndPlace() {
        try (PointerScope scope = new PointerScope()) {
            NoiseSource source = NoiseSource.of(5, 100);
            Tensor first = source.draw(2, 30, 40);
            Torch.seed(99);
            Tensor second = source.draw(2, 30, 40);
            NoiseSource again = NoiseSource.of(5, 100);
            assertThat(torch.equal(again.draw(2, 30, 40), first)).isTrue();
            assertThat(torch.equal(again.draw(2, 30, 40), second)).isTrue();
            assertThat(StateDict.shape(first)).isEqualTo("(2, 1, 30, 40)");
            assertThat(first.mean().item_double()).isCloseTo(0, within(0.06));
            assertThat(first.std().item_double()).isCloseTo(1, within(0.05));
            for (Tensor other : new Tensor[] {
                second,
                NoiseSource.of(5, 101).draw(2, 30, 40),
                NoiseSource.of(6, 100).draw(2, 30, 40)
            }) {
                double correlation = first.mul(other).mean().item_double();
                assertThat(correlation).isCloseTo(0, within(0.06));
            }

            Torch.seed(1);
            Tensor undisturbed = torch.randn(4);
            Torch.seed(1);
            NoiseSource.of(5, 100).draw(1, 8, 8);
            assertThat(torch.equal(torch.randn(4), undisturbed)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 4, 0", "4, 4, 0", "45, 32, 3", "46, 64, 4", "64, 64, 4", "90, 64, 4", "91, 128, 5", "1024, 1024, 8"
    })
    void aSideIsCountedAsTheNearestPowerOfTwo(int pixels, int side, int halvings) {
        Resolution resolution = Resolution.nearest(pixels);
        assertThat(resolution.side()).isEqualTo(side);
        assertThat(resolution.halvings()).isEqualTo(halvings);
    }

    @ParameterizedTest
    @CsvSource({"0", "-8", "1", "2"})
    void aSideBelowThreeIsRefused(int pixels) {
        assertThatThrownBy(() -> Resolution.nearest(pixels))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("images of " + pixels + " px are too small");
    }

    @Test
    void widthsAreCappedBelow64Pixels() {
        assertThat(new Resolution(64).channels(10 / 32.0, 512)).isEqualTo(80);
        assertThat(new Resolution(32).channels(10 / 32.0, 512)).isEqualTo(160);
        assertThat(new Resolution(64).channels(4, 512)).isEqualTo(1024);
        assertThat(new Resolution(32).channels(4, 512)).isEqualTo(512);
        assertThat(new Resolution(1024).channels(1 / 32.0, 512)).isEqualTo(1);
    }

    /** Every parameter in closed form, in float64. */
    private static void fill(Module module, long tag) {
        StateDict.convert(module, ScalarType.Double);
        try (NoGradGuard guard = new NoGradGuard()) {
            long p = tag;
            for (Tensor parameter : StateDict.parameters(module).values()) {
                long[] shape = parameter.sizes().vec().get();
                parameter.copy_(Filler.tensor(p++, ScalarType.Double, shape));
            }
        }
    }

    private static Tensor at(Module module, String name) {
        Tensor tensor = StateDict.of(module).get(name);
        assertThat(tensor).as(name).isNotNull();
        return tensor;
    }

    private static Tensor conv(Tensor x, Tensor weight, long stride, long padding) {
        double fanIn = weight.size(1) * weight.size(2) * weight.size(3);
        return convolved(x, weight.div(new Scalar(Math.sqrt(fanIn))), stride, padding);
    }

    private static Tensor convolved(Tensor x, Tensor weight, long stride, long padding) {
        long[] strides = {stride, stride};
        long[] paddings = {padding, padding};
        return torch.conv2d(x, weight, new TensorOptional(), strides, paddings, new long[] {1, 1}, 1);
    }

    private static Tensor blur(Tensor x, int padding, double gain) {
        Blur blur = new Blur(padding, gain);
        StateDict.convert(blur, ScalarType.Double);
        return blur.forward(x, 1);
    }

    private static Tensor rectified(Tensor x, Tensor bias) {
        return torch.leaky_relu(x.add(bias), new Scalar(0.2)).mul(new Scalar(ROOT));
    }

    private static void close(Tensor actual, Tensor expected) {
        assertThat(StateDict.shape(actual)).isEqualTo(StateDict.shape(expected));
        assertThat(actual.sub(expected).abs().max().item_double()).isLessThan(1e-12);
    }
}
