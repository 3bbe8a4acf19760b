package io.juxta.cut.stylegan2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.cut.losses.R1;
import io.juxta.cut.networks.Generator;
import io.juxta.torch.StateDict;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SinCUT's networks against numbers of the original program (commit b3ac297), each in both floating-point types. */
class StyleGan2GoldenTest {
    private static final List<Integer> LAYERS = List.of(0, 2, 4);

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void generatorAndTaps(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StyleGan2Generator G = TinyStyleGan2.generator(type);
            Tensor x = Filler.tensor(550, type, 2, 3, 64, 64);
            image(G.forward(x));
            taps(x, G.taps(x, LAYERS));
            Generator.Tapped tapped = G.forwardWithTaps(x, LAYERS);
            image(tapped.image());
            taps(x, tapped.taps());
        }
    }

    private static void image(Tensor y) {
        assertThat(StateDict.shape(y)).isEqualTo("(2, 3, 64, 64)");
        Goldens.checksum(y, -1620.2937, 2862.4377, -0.0113453, -0.03652113, -0.02240204, 0.05139929);
    }

    private static void taps(Tensor x, List<Tensor> taps) {
        assertThat(torch.equal(taps.get(0), x)).isTrue();
        assertThat(StateDict.shape(taps.get(1))).isEqualTo("(2, 160, 32, 32)");
        checksum(taps.get(1), 47208.738, 99089.875);
        assertThat(StateDict.shape(taps.get(2))).isEqualTo("(2, 160, 32, 32)");
        checksum(taps.get(2), 102879.92, 119957.93);
    }

    /** Sums of 327,680 activations, given to eight digits. */
    private static void checksum(Tensor x, double sum, double abs) {
        Tensor values = x.to(ScalarType.Double);
        double tolerance = x.scalar_type().intern() == ScalarType.Double ? 0.01 : 2e-7 * abs;
        assertThat(values.sum().item_double()).isCloseTo(sum, within(tolerance));
        assertThat(values.abs().sum().item_double()).isCloseTo(abs, within(tolerance));
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void discriminator(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor y = TinyStyleGan2.discriminator(type).forward(Filler.tensor(550, type, 2, 3, 64, 64));
            assertThat(StateDict.shape(y)).isEqualTo("(2, 1)");
            Goldens.values(y, 1e-6, -0.2922231, -0.2601828);
        }
    }

    /** The discriminator's half of the first step, R1 and its gradient included. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void discriminatorLoss(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            StyleGan2Discriminator D = TinyStyleGan2.discriminator(type);
            Tensor translation;
            try (NoGradGuard guard = new NoGradGuard()) {
                translation = TinyStyleGan2.generator(type).forward(Filler.tensor(562, type, 2, 3, 64, 64));
            }
            Tensor real = Filler.tensor(563, type, 2, 3, 64, 64);
            Tensor ofReal = torch.softplus(D.forward(real).neg()).mean();
            Tensor ofFake = torch.softplus(D.forward(translation)).mean();
            Tensor r1 = R1.penalty(D, real).mul(new Scalar(0.5));
            Tensor loss = ofReal.add(ofFake).mul(new Scalar(0.5)).add(r1);
            assertThat(ofReal.item_double()).isCloseTo(0.8365672, within(1e-6));
            assertThat(ofFake.item_double()).isCloseTo(0.7006941, within(1e-6));
            assertThat(r1.item_double()).isCloseTo(0.0004749637, within(1e-9));
            assertThat(loss.item_double()).isCloseTo(0.7691056, within(1e-6));
            loss.backward();
            Tensor gradient = StateDict.parameters(D).values().iterator().next().grad();
            Goldens.checksum(gradient, 0.07699005, 0.26371981);
        }
    }

    @Test
    void sizesOfTheOriginal() {
        try (PointerScope scope = new PointerScope()) {
            StyleGan2Generator G = new StyleGan2Generator(StyleGan2Generator.Options.of(3, 3, 10, 64));
            assertThat(StateDict.parameterCount(G)).isEqualTo(3_068_404);
            assertThat(LAYERS.stream().map(G::tapChannels)).containsExactly(3, 160, 160);
            assertThat(G.layers()).isEqualTo(6);
            assertThat(StateDict.parameters(G).keySet())
                    .containsSubsequence(
                            "encoder.convs.1.0.weight",
                            "encoder.convs.1.1.bias",
                            "encoder.convs.2.conv1.0.weight",
                            "encoder.convs.2.conv1.1.bias",
                            "encoder.convs.2.conv2.1.weight",
                            "encoder.convs.2.conv2.2.bias",
                            "encoder.convs.2.skip.1.weight",
                            "encoder.convs.3.conv1.0.weight",
                            "encoder.convs.5.conv2.1.bias",
                            "decoder.convs.0.conv1.0.weight",
                            "decoder.convs.3.conv.weight",
                            "decoder.convs.3.noise.weight",
                            "decoder.convs.3.activate.bias",
                            "decoder.convs.4.0.weight",
                            "decoder.convs.4.1.bias");
            assertThat(StateDict.of(G))
                    .containsKeys(
                            "encoder.convs.2.conv2.0.kernel",
                            "encoder.convs.2.skip.0.kernel",
                            "decoder.convs.3.conv.blur.kernel");
            StyleGan2Discriminator D = new StyleGan2Discriminator(new StyleGan2Discriminator.Options(3, 8, 64));
            assertThat(StateDict.parameterCount(D)).isEqualTo(5_885_473);
            assertThat(StateDict.parameters(D).keySet())
                    .containsSubsequence(
                            "convs.0.0.weight",
                            "convs.4.skip.1.weight",
                            "final_conv.0.weight",
                            "final_conv.1.bias",
                            "final_linear.0.weight",
                            "final_linear.0.bias",
                            "final_linear.1.weight",
                            "final_linear.1.bias");
        }
    }
}
