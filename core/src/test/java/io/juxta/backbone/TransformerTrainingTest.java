package io.juxta.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What vision transformers have for training: how they begin, what stays as it is, what is left out. */
class TransformerTrainingTest {
    private static VisionTransformer network(TransformerBeginning beginning) {
        Torch.seed(3);
        TransformerOptions options = new TransformerOptions(
                96, 2, 12, 4, 4, Positions.DINO, 0, false, TransformerOptions.FeedForward.MLP, false, 1e-6);
        return new VisionTransformer(
                options,
                beginning,
                in -> ProjectionHead.of(new Perceptron(
                        in, List.of(8), new Perceptron.Form(Perceptron.Bias.ALL, Perceptron.LastNorm.NONE))));
    }

    private static Tensor of(VisionTransformer network, String name) {
        return Objects.requireNonNull(StateDict.of(network).get(name), name);
    }

    /** Golden SCHED-1, MoCo v3. */
    @Test
    void positionsBySinesAndCosines() {
        try (PointerScope scope = new PointerScope()) {
            Tensor small = Positions.sinCos(2, 3, 8);
            Goldens.checksum(small, 24.984514, 26.649101);
            Goldens.values(small.select(1, 0).flatten(), 0, new double[8]);
            Goldens.values(small.select(1, 2).flatten(), 1e-5, 0, 0, 1, 1, 0.84147, 0.0099998, 0.5403, 0.99995);
            Goldens.checksum(Positions.sinCos(14, 14, 384), 34713.824, 42100.208);
        }
    }

    /** The widest that a uniform weight may be, and that it comes near. */
    private static void uniform(Tensor weight, double fan) {
        double bound = Math.sqrt(6 / fan);
        assertThat(weight.abs().max().item_double()).isBetween(0.95 * bound, bound);
    }

    @Test
    void mocoV3BeginsUniformAndKeepsItsPositions() {
        try (PointerScope scope = new PointerScope();
                VisionTransformer network = network(TransformerBeginning.MOCO_V3)) {
            uniform(of(network, "patch_embed.proj.weight"), 3 * 16 + 96);
            uniform(of(network, "blocks.1.attn.qkv.weight"), 96 + 96);
            uniform(of(network, "blocks.1.mlp.fc1.weight"), 4 * 96 + 96);
            assertThat(of(network, "patch_embed.proj.bias").abs().max().item_double())
                    .isZero();
            assertThat(of(network, "blocks.0.mlp.fc2.bias").abs().max().item_double())
                    .isZero();
            assertThat(of(network, "blocks.0.norm1.weight").min().item_double()).isEqualTo(1);
            assertThat(of(network, "cls_token").abs().max().item_double()).isBetween(1e-8, 1e-5);
            assertThat(of(network, "pos_embed")
                            .sub(Positions.sinCos(4, 4, 96))
                            .abs()
                            .max()
                            .item_double())
                    .isLessThan(1e-6);
            assertThat(network.isFrozen("pos_embed")).isTrue();
            assertThat(network.isFrozen("patch_embed.proj.weight")).isFalse();
            network.freezePatches();
            assertThat(network.isFrozen("patch_embed.proj.weight")).isTrue();
            network.forward(Filler.tensor(1, ScalarType.Float, 2, 3, 16, 16))
                    .sum()
                    .backward();
            for (Map.Entry<String, Tensor> named : StateDict.parameters(network).entrySet()) {
                assertThat(named.getValue().grad().defined())
                        .as(named.getKey())
                        .isNotEqualTo(network.isFrozen(named.getKey()));
            }
        }
    }

    @Test
    void dinoBeginsNormal() {
        try (PointerScope scope = new PointerScope();
                VisionTransformer network = network(TransformerBeginning.DINO)) {
            for (String name : List.of("cls_token", "pos_embed", "blocks.0.attn.qkv.weight")) {
                assertThat(of(network, name).std().item_double()).as(name).isBetween(0.016, 0.024);
            }
            assertThat(of(network, "blocks.0.attn.qkv.bias").abs().max().item_double())
                    .isZero();
            assertThat(of(network, "patch_embed.proj.weight").abs().max().item_double())
                    .isBetween(0.95 / Math.sqrt(48), 1 / Math.sqrt(48));
            assertThat(of(network, "projector.0.bias").abs().max().item_double())
                    .isPositive();
            assertThat(network.isOfBackbone("blocks.0.norm1.weight")).isTrue();
            assertThat(network.isOfBackbone("projector.0.weight")).isFalse();
        }
    }

    /** The share that is left out grows evenly from block to block; what is kept counts for as much more. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0.1", "2, 0.2", "3, 0.3"})
    void branchesAreLeftOutForSomeSamples(int block, double share) {
        try (PointerScope scope = new PointerScope()) {
            float[] chances = {0.05f, 0.15f, 0.25f, 0.35f};
            PathDrop drop = new PathDrop(0.3, 4, (branch, samples) -> {
                assertThat(branch).isEqualTo(2 * block + 1);
                return chances.clone();
            });
            Tensor x = Filler.tensor(1, ScalarType.Double, 4, 2, 3);
            Tensor branch = Filler.tensor(2, ScalarType.Double, 4, 2, 3);
            double[] expected = Goldens.values(x);
            double[] more = Goldens.values(branch);
            for (int i = 0; i < expected.length; i++) {
                expected[i] += chances[i / 6] < share ? 0 : more[i] / (1 - share);
            }
            Goldens.values(drop.add(x, 2 * block + 1, own -> branch), 1e-6, expected);
        }
    }

    /** In training only. */
    @Test
    void nothingIsLeftOutInEvaluation() {
        try (PointerScope scope = new PointerScope();
                VisionTransformer network = network(TransformerBeginning.DINO)) {
            Tensor x = Filler.tensor(1, ScalarType.Float, 2, 3, 16, 16);
            Tensor whole = network.forward(x);
            network.dropPaths(new PathDrop(0.5, 2, (branch, samples) -> new float[samples]));
            network.train(true);
            assertThat(network.forward(x).equal(whole)).isFalse();
            network.eval();
            assertThat(network.forward(x).equal(whole)).isTrue();
            assertThatThrownBy(() -> new PathDrop(1, 2, (branch, samples) -> new float[samples]))
                    .hasMessage("drop-path 1.0 must be from 0 to below 1 (0.1 is DINO's)");
            assertThat(torch.isfinite(whole).all().item_bool()).isTrue();
        }
    }
}
