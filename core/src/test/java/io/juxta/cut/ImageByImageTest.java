package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.torch.Autocast;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.train.MixedPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images one by one, channels last, beside all of them at once, channels first. */
class ImageByImageTest {
    private static final List<Integer> TAPS = List.of(0, 4, 8, 12);

    /** What PatchNCE compares, and every gradient; flipped or not, with the sources' activations taken from G's own pass or not. */
    @ParameterizedTest
    @CsvSource({"1, false, true", "3, false, true", "2, true, true", "2, false, false"})
    void passesAsAllAtOnce(int images, boolean flipped, boolean nceIdt) {
        try (PointerScope scope = new PointerScope()) {
            Generator plain = TinyCut.generator(ScalarType.Double);
            Generator apart = TinyCut.generator(ScalarType.Double);
            ImageByImage together = ImageByImage.of(plain, plain.isPerImage(), MixedPrecision.none());
            assertThat(together.isApart()).isFalse();
            List<Tensor> expected = passed(plain, together, images, flipped, nceIdt);
            List<Tensor> found = passed(apart, ImageByImage.apart(apart), images, flipped, nceIdt);
            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < found.size(); i++) {
                assertNear(found.get(i), expected.get(i), 1e-12);
            }
            sum(expected).backward();
            sum(found).backward();
            Map<String, Tensor> gradients = StateDict.parameters(apart);
            // instance norm undoes biases: what their gradients hold is rounding
            StateDict.parameters(plain).forEach((name, parameter) -> {
                if (parameter.dim() > 1) {
                    assertNear(gradients.get(name).grad(), parameter.grad(), 1e-10);
                }
            });
        }
    }

    private static List<Tensor> passed(Generator G, ImageByImage images, int count, boolean flipped, boolean nceIdt) {
        CutOptions options = TinyCut.options(1, nceIdt);
        Passes passes = new Passes(options, G, new ChannelBridge(3, 3), true, MixedPrecision.none(), images);
        Passes.Translated translated = passes.translate(
                Filler.tensor(3, ScalarType.Double, count, 3, 32, 24),
                Filler.tensor(4, ScalarType.Double, count, 3, 32, 24),
                flipped);
        List<Tensor> all = new ArrayList<>(List.of(translated.output()));
        for (Passes.Activations compared : passes.compared(translated)) {
            all.addAll(compared.outputs());
            all.addAll(compared.sources());
        }
        return all;
    }

    @Test
    void onlyShorterTypesPassApart() {
        try (PointerScope scope = new PointerScope()) {
            Generator G = TinyCut.generator(ScalarType.Float);
            Device cpu = new Device("cpu");
            for (Precision precision : new Precision[] {Precision.FLOAT32, Precision.BFLOAT16}) {
                assertThat(ImageByImage.of(G, G.isPerImage(), MixedPrecision.of(precision, cpu))
                                .isApart())
                        .isEqualTo(precision.isMixed());
            }
        }
    }

    @Test
    void imagesThatMeetStayTogether() {
        try (PointerScope scope = new PointerScope()) {
            for (boolean dropout : new boolean[] {true, false}) {
                Generator G = new ResNetGenerator(new ResNetGenerator.Options(
                        3, 3, 2, 2, dropout ? Norm.INSTANCE : Norm.BATCH, dropout, true, true));
                ImageByImage together =
                        ImageByImage.of(G, G.isPerImage(), MixedPrecision.of(Precision.BFLOAT16, new Device("cpu")));
                assertThat(together.isApart()).isFalse();
                Tensor x = torch.zeros(3, 3, 8, 8);
                assertThat(together.pass(x, List::of).get(0)).isSameAs(x);
            }
        }
    }

    /** In a shorter type borders are no reason to lengthen an image: the activations at the taps are of that type. */
    @Test
    void bordersKeepTheType() {
        try (PointerScope scope = new PointerScope()) {
            Generator G = TinyCut.generator(ScalarType.Float);
            Tensor x = Filler.tensor(3, ScalarType.Float, 1, 3, 16, 16);
            try (Autocast region = Autocast.open(Precision.BFLOAT16, new Device("cpu"))) {
                for (Tensor tap : G.taps(x.to(ScalarType.BFloat16), TAPS)) {
                    assertThat(tap.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
                }
            }
        }
    }

    private static Tensor sum(List<Tensor> tensors) {
        Tensor sum = tensors.get(0).mul(tensors.get(0)).sum();
        for (Tensor tensor : tensors.subList(1, tensors.size())) {
            sum = sum.add(tensor.mul(tensor).sum());
        }
        return sum;
    }

    private static void assertNear(Tensor found, Tensor expected, double tolerance) {
        double size = expected.abs().max().item_double();
        assertThat(found.sub(expected).abs().max().item_double()).isLessThan(tolerance * size);
    }
}
