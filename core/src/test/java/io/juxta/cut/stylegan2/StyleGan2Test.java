package io.juxta.cut.stylegan2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.cut.networks.NoiseSource;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SinCUT's networks beyond the sizes of the original. */
class StyleGan2Test {
    private static final NoiseSource NEVER = (N, H, W) -> {
        throw new AssertionError("noise was asked for");
    };

    @ParameterizedTest
    @CsvSource({
        "3, 3, 64, 1, 136, 200, 136, 200",
        "1, 4, 64, 1, 32, 48, 32, 48",
        "4, 1, 64, 2, 24, 36, 24, 36",
        "3, 3, 64, 1, 2, 2, 2, 2",
        "3, 3, 16, 2, 31, 33, 28, 32"
    })
    void aGeneratorTakesAnyChannelsAndSides(
            int in, int out, int size, int halvings, int height, int width, int outHeight, int outWidth) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StyleGan2Generator G =
                    new StyleGan2Generator(new StyleGan2Generator.Options(in, out, 1, size, halvings, 2, true));
            Tensor x = Filler.tensor(1, ScalarType.Float, 2, in, height, width);
            assertThat(StateDict.shape(G.forward(x)))
                    .isEqualTo("(2, " + out + ", " + outHeight + ", " + outWidth + ")");
            assertThat(G.layers()).isEqualTo(3 + halvings);
            List<Integer> all = List.of(0, 1, 2, 3);
            List<Tensor> taps = G.taps(x, all);
            for (int layer : all) {
                assertThat(taps.get(layer).size(1)).isEqualTo(G.tapChannels(layer));
            }
            assertThat(taps.get(3).size(2)).isEqualTo(height >> halvings);
        }
    }

    @Test
    void anEncoderMakesNoNoiseAndStopsBehindTheLastTap() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StyleGan2Generator G = tiny();
            G.noise(NEVER);
            Tensor x = Filler.tensor(2, ScalarType.Float, 1, 3, 16, 16);
            List<Tensor> deep = G.taps(x, List.of(1, 2, 5));
            StateDict.parameters(G).forEach((name, parameter) -> {
                if (name.startsWith("encoder.convs.3.")) {
                    parameter.fill_(new Scalar(Float.NaN));
                }
            });
            List<Tensor> shallow = G.taps(x, List.of(1, 2));
            assertThat(torch.equal(shallow.get(0), deep.get(0))).isTrue();
            assertThat(torch.equal(shallow.get(1), deep.get(1))).isTrue();
        }
    }

    @Test
    void noiseIsTheSourcesAndEveryParameterLearns() {
        try (PointerScope scope = new PointerScope()) {
            StyleGan2Generator G = tiny();
            Tensor weight = StateDict.parameters(G).get("decoder.convs.3.noise.weight");
            assertThat(weight).isNotNull();
            try (NoGradGuard guard = new NoGradGuard()) {
                weight.fill_(new Scalar(0.5));
            }
            Tensor x = Filler.tensor(3, ScalarType.Float, 2, 3, 16, 16);
            G.noise(NoiseSource.of(1, 10));
            Tensor first = G.forward(x);
            Tensor second = G.forward(x);
            G.noise(NoiseSource.of(1, 10));
            assertThat(torch.equal(G.forward(x), first)).isTrue();
            assertThat(torch.equal(G.forward(x), second)).isTrue();
            assertThat(torch.equal(first, second)).isFalse();

            G.forward(x).square().sum().backward();
            StateDict.parameters(G)
                    .forEach((name, parameter) -> assertThat(
                                    parameter.grad().abs().sum().item_double())
                            .as(name)
                            .isPositive());
        }
    }

    @Test
    void theSmallGeneratorHasTwoBlocksAndNoNoise() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StyleGan2Generator G = new StyleGan2Generator(StyleGan2Generator.Options.small(3, 3, 10, 64));
            // without four blocks of two convolutions of 160 channels, and without the weight of the noise
            assertThat(StateDict.parameterCount(G)).isEqualTo(3_068_404 - 4 * 2 * (160 * 160 * 9 + 160) - 1);
            assertThat(StateDict.parameters(G).keySet()).noneMatch(name -> name.contains("noise"));
            assertThat(G.layers()).isEqualTo(4);
            G.noise(NEVER);
            Tensor y = G.forward(Filler.tensor(4, ScalarType.Float, 1, 3, 16, 16));
            assertThat(StateDict.shape(y)).isEqualTo("(1, 3, 16, 16)");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "3, 8", "2, 48", "3, 64", "4, 91"})
    void aDiscriminatorIsMadeForItsSize(int in, int size) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StyleGan2Discriminator D = new StyleGan2Discriminator(new StyleGan2Discriminator.Options(in, 1, size));
            Tensor y = D.forward(Filler.tensor(5, ScalarType.Float, 3, in, size, size));
            assertThat(StateDict.shape(y)).isEqualTo("(3, 1)");
            assertThat(y.isfinite().all().item_bool()).isTrue();
            assertThatThrownBy(() -> D.forward(Filler.tensor(5, ScalarType.Float, 1, in, size, size + 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(N, " + in + ", " + size + ", " + size + ")")
                    .hasMessageContaining("not (1, " + in + ", " + size + ", " + (size + 1) + ")");
        }
    }

    @Test
    void weightsGoFromOneNetworkToAnother() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Torch.seed(1);
            StyleGan2Generator one = tiny();
            StyleGan2Generator other = tiny();
            Tensor x = Filler.tensor(6, ScalarType.Float, 1, 3, 16, 16);
            assertThat(torch.equal(one.forward(x), other.forward(x))).isFalse();
            StateDict.load(other, StateDict.of(one));
            assertThat(torch.equal(one.forward(x), other.forward(x))).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3, 10, 64, 1, 6, each must be at least 1",
        "3, 3, 0, 64, 1, 6, each must be at least 1",
        "3, 3, 10, 2, 1, 6, images of 2 px are too small",
        "3, 3, 10, 16, 3, 6, halvings 3 must be from 1 to 2",
        "3, 3, 10, 16, 0, 6, halvings 0 must be from 1 to 2",
        "3, 3, 10, 4, 1, 6, images of 4 px leave no halving",
        "3, 3, 10, 16, 1, 5, blocks 5 must be even",
        "3, 3, 10, 16, 1, -2, blocks -2 must be even"
    })
    void generatorsThatCannotBeAreRefused(
            int in, int out, int ngf, int size, int halvings, int blocks, String message) {
        assertThatThrownBy(() -> new StyleGan2Generator.Options(in, out, ngf, size, halvings, blocks, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void discriminatorsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new StyleGan2Discriminator.Options(3, 0, 64))
                .hasMessageContaining("each must be at least 1");
        assertThatThrownBy(() -> new StyleGan2Discriminator.Options(3, 8, 2))
                .hasMessageContaining("images of 2 px are too small");
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        try (PointerScope scope = new PointerScope()) {
            StyleGan2Generator G = tiny();
            assertThatThrownBy(() -> G.forward(Filler.tensor(7, ScalarType.Float, 1, 1, 16, 16)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("images of 3 channels")
                    .hasMessageContaining("not (1, 1, 16, 16)");
            assertThatThrownBy(() -> G.taps(Filler.tensor(7, ScalarType.Float, 1, 3, 1, 16), List.of(0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at least 2 px");
        }
    }

    private static StyleGan2Generator tiny() {
        return new StyleGan2Generator(StyleGan2Generator.Options.of(3, 3, 1, 64));
    }
}
