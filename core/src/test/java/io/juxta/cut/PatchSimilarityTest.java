package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PatchSimilarityTest {
    private static final double[] POINTS = {0, 0, 0.5, 0.25, 1, 1, 0.99, 0.01};

    /** Without projection, at tap 0: pixels themselves, of which there are more than are embedded at once. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void ofPixelsIsTheirCosine(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                ResNetGenerator G = TinyCut.generator(type)) {
            Tensor source = Filler.tensor(1, type, 1, 3, 60, 64);
            Tensor translation = Filler.tensor(2, type, 1, 3, 60, 64);
            PatchSimilarity similarity =
                    new PatchSimilarity(G, PatchSampler.plain(), new ChannelBridge(3, 3), List.of(0, 4), 0);
            Tensor maps = similarity.maps(source, translation, POINTS);
            assertThat(maps.sizes().vec().get()).containsExactly(4, 66, 70);
            double[][] k = pixels(G.taps(source, List.of(0)).get(0));
            double[][] q = pixels(G.taps(translation, List.of(0)).get(0));
            int[] asked = {0, 16 * 70 + 35, 65 * 70 + 69, 69};
            Tensor cosines = maps.to(ScalarType.Double).contiguous();
            double[] all = new double[4 * 66 * 70];
            cosines.data_ptr_double().get(all);
            for (int point = 0; point < 4; point++) {
                for (int place = 0; place < k.length; place++) {
                    assertThat(all[point * k.length + place])
                            .isCloseTo(cosine(q[asked[point]], k[place]), within(1e-5));
                }
            }
        }
    }

    /** An image is most like itself, wherever it is looked at. */
    @Test
    void aPatchIsMostLikeItself() {
        ScalarType type = ScalarType.Double;
        try (PointerScope scope = new PointerScope();
                ResNetGenerator G = TinyCut.generator(type)) {
            PatchSampler F = PatchSampler.projecting(List.of(3, 8), 8);
            TinyCut.fill(F, 800, type);
            Tensor image = Filler.tensor(3, type, 1, 3, 16, 16);
            PatchSimilarity similarity = new PatchSimilarity(G, F, new ChannelBridge(3, 3), List.of(0, 4), 1);
            Tensor maps = similarity.maps(image, image, POINTS);
            assertThat(maps.sizes().vec().get()).containsExactly(4, 16, 16);
            assertThat(maps.flatten(1, 2)
                            .argmax(new org.bytedeco.pytorch.LongOptional(1), false)
                            .select(0, 1)
                            .item_long())
                    .isEqualTo(4 * 16 + 8);
            assertThat(maps.max().item_double()).isCloseTo(1, within(1e-5));
        }
    }

    /** A grey translation is compared in the source's channels. */
    @Test
    void channelsMayDiffer() {
        ScalarType type = ScalarType.Float;
        try (PointerScope scope = new PointerScope();
                ResNetGenerator G = TinyCut.generator(type)) {
            Tensor grey = Filler.tensor(4, type, 1, 1, 16, 16);
            Tensor colour = grey.expand(1, 3, 16, 16);
            PatchSimilarity similarity =
                    new PatchSimilarity(G, PatchSampler.plain(), new ChannelBridge(1, 3), List.of(4), 0);
            PatchSimilarity same = new PatchSimilarity(G, PatchSampler.plain(), new ChannelBridge(3, 3), List.of(4), 0);
            assertThat(similarity.maps(colour, grey, POINTS).equal(same.maps(colour, colour, POINTS)))
                    .isTrue();
        }
    }

    /** (1, C, H, W) as a row for each place. */
    private static double[][] pixels(Tensor tap) {
        Tensor rows = tap.to(ScalarType.Double).flatten(2, 3).select(0, 0).t().contiguous();
        double[][] pixels = new double[(int) rows.size(0)][(int) rows.size(1)];
        double[] all = new double[(int) rows.numel()];
        rows.data_ptr_double().get(all);
        for (int i = 0; i < all.length; i++) {
            pixels[i / pixels[0].length][i % pixels[0].length] = all[i];
        }
        return pixels;
    }

    private static double cosine(double[] a, double[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return ab / Math.sqrt(aa) / Math.sqrt(bb);
    }
}
