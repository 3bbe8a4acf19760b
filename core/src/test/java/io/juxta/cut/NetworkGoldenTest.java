package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.cut.losses.GanMode;
import io.juxta.cut.losses.PatchNce;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.PatchDiscriminator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.networks.Resampling;
import io.juxta.torch.StateDict;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CUT's parts against numbers of the original program (commit b3ac297), each in both floating-point types. */
class NetworkGoldenTest {
    @Test
    void resampling() {
        try (PointerScope scope = new PointerScope()) {
            Resampling half = Resampling.halving(1);
            Goldens.values(half.forward(counting(4)), 1e-6, 2.5, 4, 8.5, 10);
            Goldens.values(half.forward(counting(5)), 2e-6, 3, 4.5, 6, 10.5, 12, 13.5, 18, 19.5, 21);
            Tensor x = Tensor.create(new float[] {1, 2, 3, 5}, 1, 1, 2, 2);
            Goldens.values(Resampling.doubling(1).forward(x), 1e-6, new double[] {
                1, 1.25, 1.75, 2, 1.5, 1.8125, 2.4375, 2.75, 2.5, 2.9375, 3.8125, 4.25, 3, 3.5, 4.5, 5
            });
        }
    }

    private static Tensor counting(int side) {
        float[] values = new float[side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.create(values, 1, 1, side, side);
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void gan(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = Filler.tensor(80, type, 2, 1, 3, 3);
            gan(GanMode.LSGAN, scores, 1.388669, 0.3508084);
            gan(GanMode.VANILLA, scores, 0.7453291, 0.7263991);
            gan(GanMode.WGANGP, scores, 0.0189301, -0.0189301);
            gan(GanMode.NONSATURATING, scores.narrow(0, 0, 1), 0.7423145, 0.7350057);
            gan(GanMode.NONSATURATING, scores.narrow(0, 1, 1), 0.7483438, 0.7177923);
        }
    }

    private static void gan(GanMode mode, Tensor scores, double real, double translated) {
        assertThat(mode.real(scores).item_double()).as(mode.name()).isCloseTo(real, within(1e-6));
        assertThat(mode.generator(scores).item_double()).as(mode.name()).isCloseTo(real, within(1e-6));
        assertThat(mode.translated(scores).item_double()).as(mode.name()).isCloseTo(translated, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void patchNce(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor raw = Filler.tensor(81, type, 6, 5).set_requires_grad(true);
            Tensor k = Filler.tensor(82, type, 6, 5).set_requires_grad(true);
            Tensor within = PatchNce.losses(PatchSampler.normalize(raw), PatchSampler.normalize(k), 2, 0.07);
            Goldens.values(within, 1e-5, 0.07506054, 1.391038, 0.03973738, 0.05693867, 4.755068, 0.04760118);
            within.mean().backward();
            Goldens.checksum(raw.grad(), -1.7484411, 8.493032, -0.03478996, 0.04035494, 0.09686079);
            assertThat(k.grad().defined()).isFalse();

            Tensor again = Filler.tensor(81, type, 6, 5).set_requires_grad(true);
            Tensor all = PatchNce.losses(PatchSampler.normalize(again), PatchSampler.normalize(k), 1, 0.07);
            Goldens.values(all, 2e-5, 0.07646624, 13.38977, 8.654495, 6.003136, 5.077819, 0.04861129);
            all.mean().backward();
            Goldens.checksum(again.grad(), -3.3319762, 14.905308);
        }
    }

    @Test
    void identicalPatchesAreToldApart() {
        try (PointerScope scope = new PointerScope()) {
            Tensor rows = torch.eye(4).narrow(0, 0, 3);
            Goldens.values(PatchNce.losses(rows, rows, 1, 0.07), 1e-10, 1.1920922e-06, 1.1920922e-06, 1.1920922e-06);
        }
    }

    @Test
    void normalize() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = Tensor.create(new float[] {3e-7f, 4e-7f, 1e-4f, 0, 0, 0}, 3, 2);
            Goldens.values(PatchSampler.normalize(x), 1e-6, 0.5, 0.6666666, 0.9990010, 0, 0, 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void generatorAndTaps(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            ResNetGenerator G = TinyCut.generator(type);
            assertThat(StateDict.parameters(G)).hasSize(48);
            assertThat(StateDict.parameterCount(G)).isEqualTo(45_859);
            assertThat(StateDict.of(G)).hasSize(52).containsKeys("model.7.filt", "model.12.conv_block.1.weight");
            Tensor x = Filler.tensor(510, type, 2, 3, 32, 32);
            Goldens.checksum(G.forward(x), 1205.9398, 2458.2917, 0.1957529, 0.1430556, -0.492936, 0.2111016);
            taps(G.taps(x, TinyCut.LAYERS));
            taps(G.forwardWithTaps(x, TinyCut.LAYERS).taps());
            Goldens.checksum(G.forwardWithTaps(x, TinyCut.LAYERS).image(), 1205.9398, 2458.2917, 0.1957529, 0.1430556);
        }
    }

    private static Tensor first(Tensor x) {
        return x.flatten().narrow(0, 0, 1);
    }

    private static void taps(List<Tensor> taps) {
        Goldens.checksum(taps.get(0), -16.590816, 4359.0238);
        Goldens.checksum(taps.get(1), -2694.199, 9096.8256, 0.2744905);
        Goldens.checksum(taps.get(2), 182.78727, 2932.7803, -0.2195391);
        Goldens.checksum(taps.get(3), 786.71533, 1792.1997);
        Goldens.rounded(first(taps.get(3)), 2e-6, 3.665413);
        Goldens.checksum(taps.get(4), 786.71537, 3747.7445);
        Goldens.rounded(first(taps.get(4)), 2e-6, 6.177717);
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void discriminator(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            PatchDiscriminator D = TinyCut.discriminator(type);
            Tensor y = D.forward(Filler.tensor(510, type, 2, 3, 32, 32));
            assertThat(StateDict.shape(y)).isEqualTo("(2, 1, 2, 2)");
            Goldens.checksum(y, 0.89333606, 4.8685671, 1.208242, 0.3304207, 0.5669085, 0.2280975);
        }
    }

    @Test
    void sizesOfTheOriginal() {
        try (PointerScope scope = new PointerScope()) {
            ResNetGenerator G =
                    new ResNetGenerator(new ResNetGenerator.Options(3, 3, 64, 9, Norm.INSTANCE, false, true, true));
            assertThat(StateDict.parameterCount(G)).isEqualTo(11_378_179);
            assertThat(TinyCut.LAYERS.stream().map(G::tapChannels)).containsExactly(3, 128, 256, 256, 256);
            PatchDiscriminator D =
                    new PatchDiscriminator(new PatchDiscriminator.Options(3, 64, 3, Norm.INSTANCE, true));
            assertThat(StateDict.parameterCount(D)).isEqualTo(2_764_737);
            assertThat(StateDict.of(D).keySet())
                    .containsExactlyInAnyOrder(
                            "model.0.weight",
                            "model.0.bias",
                            "model.2.filt",
                            "model.3.weight",
                            "model.3.bias",
                            "model.6.filt",
                            "model.7.weight",
                            "model.7.bias",
                            "model.10.filt",
                            "model.11.weight",
                            "model.11.bias",
                            "model.14.weight",
                            "model.14.bias");
            PatchSampler F = PatchSampler.projecting(
                    TinyCut.LAYERS.stream().map(G::tapChannels).toList(), 256);
            assertThat(StateDict.parameters(F)).hasSize(20).containsKey("mlp_0.0.weight");
            assertThat(StateDict.parameterCount(F)).isEqualTo(560_384);
        }
    }
}
