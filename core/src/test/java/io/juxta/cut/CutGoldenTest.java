package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.cut.losses.GanMode;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.PatchDiscriminator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.cut.stylegan2.TinyStyleGan2;
import io.juxta.distributed.Communicator;
import io.juxta.train.Adam;
import io.juxta.train.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Steps against the original program: what G, D and F do to each other, in both floating-point types.
 *
 * <p>Behind the first step the original's figures are those of a wrong gradient. It takes patches from activations permuted to
 * channels last, so that a gradient comes back in that layout, and of one image libtorch's instance norm on a CPU then
 * computes another one than the derivative: {@link #aPermutedGradientGoesWrong}. {@link SlowCut} with that permutation has
 * every listed figure; {@link Cut} has the derivative.
 */
class CutGoldenTest {
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void cut(ScalarType type) {
        for (boolean reuses : new boolean[] {true, false}) {
            try (PointerScope scope = new PointerScope();
                    Cut cut = tiny(type, 1, true, Set.of(), reuses)) {
                compare(step(cut, 0, type), 1.17582, 2.3558, 0.171749, 6.55501, 5.43941, 5.31897);
                // of the discriminator as the first step left it
                assertThat(step(cut, 1, type).get("d_real")).isCloseTo(2.65195, within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void fastCut(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Cut cut = tiny(type, 10, false, Set.of(0L), true)) {
            compare(step(cut, 0, type), 0.472151, 2.3558, 0.231037, 44.8733, 44.4012);
            assertThat(step(cut, 1, type).get("d_real")).isCloseTo(2.67883, within(1e-5));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void cutWithTheOriginalsLayout(ScalarType type) {
        double[][] expected = {
            {1.17582, 2.3558, 0.171749, 6.55501, 5.43941, 5.31897},
            {1.04023, 2.65195, 0.271787, 4.81076, 3.78085, 3.7602},
            {1.36175, 1.48115, 0.394906, 5.8747, 5.1176, 3.9083}
        };
        double[] sums = {-25.865, 3330.929, -11.396209, 703.03668, 20.361876, 521.23973};
        original(type, TinyCut.options(1, true), Set.of(), expected, sums);
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void fastCutWithTheOriginalsLayout(ScalarType type) {
        double[][] expected = {
            {0.472151, 2.3558, 0.231037, 44.8733, 44.4012},
            {1.14708, 2.67883, 0.302987, 39.1606, 38.0135},
            {0.553844, 1.51515, 0.359782, 43.8539, 43.3}
        };
        double[] sums = {-25.77247, 3330.8334, -11.421509, 703.02764, 20.367459, 521.23721};
        original(type, TinyCut.options(10, false), Set.of(0L, 2L), expected, sums);
    }

    /** @param sums of the weights, and of their absolute values, of G, D and F behind the last step */
    private static void original(
            ScalarType type, CutOptions options, Set<Long> flips, double[][] expected, double[] sums) {
        try (PointerScope scope = new PointerScope()) {
            ResNetGenerator G = TinyCut.generator(type);
            PatchDiscriminator D = TinyCut.discriminator(type);
            PatchSampler F = TinyCut.sampler(G, type);
            SlowCut original = new SlowCut(options, G, D, F, new TinyCut.FirstPatches(flips), true);
            for (int s = 0; s < expected.length; s++) {
                Tensor A = Filler.tensor(530 + s, type, 1, 3, 32, 32);
                Tensor B = Filler.tensor(540 + s, type, 1, 3, 32, 32);
                compare(original.step(A, B, s, 2e-4), expected[s]);
            }
            List<Module> networks = List.of(G, D, F);
            for (int i = 0; i < networks.size(); i++) {
                double[] weights = CutTest.matrices(networks.get(i));
                assertThat(Arrays.stream(weights).sum()).isCloseTo(sums[2 * i], within(2e-3));
                assertThat(Arrays.stream(weights).map(Math::abs).sum())
                        .isCloseTo(sums[2 * i + 1], within(1e-5 * sums[2 * i + 1]));
            }
        }
    }

    /** The same gradient in two layouts gives two results for one image and, as it must, one for two images. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aPermutedGradientGoesWrong(int images) {
        try (PointerScope scope = new PointerScope()) {
            long[] shape = {images, 16, 8, 8};
            Tensor dy = Filler.tensor(2, ScalarType.Double, shape);
            Tensor permuted = dy.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
            Tensor plain = gradientOfNorm(dy, shape);
            double difference =
                    plain.sub(gradientOfNorm(permuted, shape)).abs().max().item_double();
            if (images == 1) {
                assertThat(difference).isGreaterThan(0.1);
            } else {
                assertThat(difference).isLessThan(1e-12);
            }
        }
    }

    /** Of an image whose channels are last the derivative comes back, however the gradient that comes in is laid out. */
    @ParameterizedTest
    @CsvSource({"16, 8, 8", "5, 7, 9", "1, 8, 8", "16, 1, 8", "16, 8, 1"})
    void channelsLastGoesRight(long channels, long height, long width) {
        try (PointerScope scope = new PointerScope()) {
            long[] shape = {1, channels, height, width};
            Tensor dy = Filler.tensor(2, ScalarType.Double, shape);
            Tensor expected = gradientOfNorm(dy, shape);
            Tensor x = Filler.tensor(1, ScalarType.Double, shape);
            for (MemoryFormat format : new MemoryFormat[] {MemoryFormat.Contiguous, MemoryFormat.ChannelsLast}) {
                Tensor found = gradientOfNorm(dy.contiguous(format), x.contiguous(MemoryFormat.ChannelsLast));
                assertThat(found.sub(expected).abs().max().item_double()).isLessThan(1e-12);
            }
        }
    }

    private static Tensor gradientOfNorm(Tensor dy, long[] shape) {
        return gradientOfNorm(dy, Filler.tensor(1, ScalarType.Double, shape));
    }

    private static Tensor gradientOfNorm(Tensor dy, Tensor image) {
        Tensor x = image.detach().set_requires_grad(true);
        Norm.instance(x).backward(dy, new BoolOptional(), false, new TensorArrayRefOptional());
        return x.grad();
    }

    private static Map<String, Double> step(Cut cut, int s, ScalarType type) {
        Tensor A = Filler.tensor(530 + s, type, 1, 3, 32, 32);
        Tensor B = Filler.tensor(540 + s, type, 1, 3, 32, 32);
        return cut.step(List.of(A, B), new Step(s, 3, 2e-4));
    }

    private static void compare(Map<String, Double> metrics, double... expected) {
        String[] names = {"g_gan", "d_real", "d_fake", "loss", "nce", "nce_idt"};
        for (int i = 0; i < expected.length; i++) {
            assertThat(metrics.get(names[i])).as(names[i]).isCloseTo(expected[i], within(1e-5 * expected[i]));
        }
    }

    private static Cut tiny(ScalarType type, double lambdaNce, boolean nceIdt, Set<Long> flips, boolean reuses) {
        ResNetGenerator G = TinyCut.generator(type);
        return new Cut(
                TinyCut.options(lambdaNce, nceIdt),
                G,
                TinyCut.discriminator(type),
                TinyCut.sampler(G, type),
                new ChannelBridge(3, 3),
                reuses,
                new Adam.Options(0.5, 0.999),
                new TinyCut.FirstPatches(flips),
                Communicator.single());
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void sinCut(ScalarType type) {
        List<Integer> layers = List.of(0, 2, 4);
        CutOptions options = new CutOptions(
                GanMode.NONSATURATING, 1, 4, true, false, layers, CutOptions.Negatives.BATCH, 0.07, 1, 1, 0, 1);
        try (PointerScope scope = new PointerScope()) {
            Generator G = TinyStyleGan2.generator(type);
            PatchSampler F =
                    PatchSampler.projecting(layers.stream().map(G::tapChannels).toList(), 256);
            TinyCut.fill(F, 1100, type);
            try (Cut cut = new Cut(
                    options,
                    G,
                    TinyStyleGan2.discriminator(type),
                    F,
                    new ChannelBridge(3, 3),
                    true,
                    new Adam.Options(0, 0.99),
                    new TinyCut.FirstPatches(Set.of()),
                    Communicator.single())) {
                Tensor A = Filler.tensor(562, type, 2, 3, 64, 64);
                Tensor B = Filler.tensor(563, type, 2, 3, 64, 64);
                Map<String, Double> metrics = cut.step(List.of(A, B), new Step(0, 1, 2e-3));
                compare(metrics, 0.650675, 0.8365672, 0.7006941, 5.30434, 4.86414, 3.4266);
                assertThat(metrics.get("r1")).isCloseTo(0.0004749637, within(1e-8));
                assertThat(metrics.get("l1_identity")).isCloseTo(0.508292, within(5e-6));
            }
        }
    }
}
