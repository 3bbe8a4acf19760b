package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.cut.losses.GanMode;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.PatchDiscriminator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.train.Adam;
import io.juxta.train.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The method against a slow, obvious one. */
@Tag("slow")
class CutTest {
    private static final List<Integer> LAYERS = List.of(0, 4, 8, 12);

    /** Losses of four steps and all weights after them. */
    @ParameterizedTest
    @CsvSource({
        "LSGAN, true, false, IMAGE, 0",
        "LSGAN, false, true, IMAGE, 0",
        "VANILLA, true, true, BATCH, 1",
        "HINGE, true, false, BATCH, 0"
    })
    void isWhatThePaperSays(
            GanMode mode, boolean nceIdt, boolean flips, CutOptions.Negatives negatives, double lambdaIdentity) {
        CutOptions options =
                new CutOptions(mode, 1, 2, nceIdt, flips, LAYERS, negatives, 0.07, 5, 0, 0, lambdaIdentity);
        ScalarType type = ScalarType.Double;
        try (PointerScope scope = new PointerScope()) {
            Networks fast = new Networks(type);
            Networks slow = new Networks(type);
            CutDraws chance = CutDraws.of(3);
            SlowCut obvious = new SlowCut(options, slow.G, slow.D, slow.F, chance);
            try (Cut cut = new Cut(
                    options,
                    fast.G,
                    fast.D,
                    fast.F,
                    new ChannelBridge(3, 3),
                    true,
                    new Adam.Options(0.5, 0.999),
                    chance,
                    Communicator.single())) {
                for (int s = 0; s < 4; s++) {
                    Tensor A = Filler.tensor(10 + s, type, 2, 3, 16, 16);
                    Tensor B = Filler.tensor(20 + s, type, 2, 3, 16, 16);
                    double expected = obvious.step(A, B, s, 1e-3).get("loss");
                    assertThat(cut.step(List.of(A, B), new Step(s, 4, 1e-3)).get("loss"))
                            .as("step " + s)
                            .isCloseTo(expected, within(1e-8 * Math.abs(expected)));
                }
                assertThat(matrices(fast.G)).containsExactly(matrices(slow.G), within(1e-6));
                assertThat(matrices(fast.D)).containsExactly(matrices(slow.D), within(1e-6));
                assertThat(matrices(fast.F)).containsExactly(matrices(slow.F), within(1e-6));
            }
        }
    }

    /** All weights of two dimensions or more. */
    static double[] matrices(Module network) {
        Map<String, Tensor> parameters = new LinkedHashMap<>(StateDict.parameters(network));
        return parameters.values().stream()
                .filter(parameter -> parameter.dim() > 1)
                .flatMapToDouble(parameter -> java.util.Arrays.stream(Goldens.values(parameter)))
                .toArray();
    }

    private static final class Networks {
        private final ResNetGenerator G;
        private final PatchDiscriminator D;
        private final PatchSampler F;

        Networks(ScalarType type) {
            G = new ResNetGenerator(new ResNetGenerator.Options(3, 3, 2, 2, Norm.INSTANCE, false, true, true));
            D = new PatchDiscriminator(new PatchDiscriminator.Options(3, 2, 1, Norm.INSTANCE, true));
            F = PatchSampler.projecting(LAYERS.stream().map(G::tapChannels).toList(), 6);
            TinyCut.fill(G, 600, type);
            TinyCut.fill(D, 700, type);
            TinyCut.fill(F, 800, type);
        }
    }
}
