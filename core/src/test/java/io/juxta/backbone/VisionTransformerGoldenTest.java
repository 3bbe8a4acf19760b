package io.juxta.backbone;

import static io.juxta.backbone.FilledTransformer.filled;
import static io.juxta.backbone.FilledTransformer.input;
import static io.juxta.backbone.FilledTransformer.tiny;
import static io.juxta.backbone.FilledTransformer.values;
import static io.juxta.backbone.TransformerOptions.FeedForward.MLP;
import static io.juxta.backbone.TransformerOptions.FeedForward.SWIGLU;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.torch.StateDict;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Numbers that DINO, DINOv2, DINOv3 and timm gave in float64 on filled weights (VIT-1 to VIT-7): tokens, gradients, registers,
 * layer scale, SwiGLU, masks, dropped branches, interpolated positions, attention.
 */
class VisionTransformerGoldenTest {
    private final PointerScope scope = new PointerScope();

    @AfterEach
    void close() {
        scope.close();
    }

    private static final double NONE = Double.NaN;

    private static Tensor x(GoldenDigits digits) {
        return input(2100, digits.type, 2, 3, 16, 16);
    }

    private static Tensor score(GoldenDigits digits, VisionTransformer.Tokens tokens) {
        Tensor ofClass = tokens.cls().mul(input(2110, digits.type, 2, 24)).sum();
        return ofClass.add(
                tokens.patches().mul(input(2111, digits.type, 2, 16, 24)).sum());
    }

    private static void score(GoldenDigits digits, VisionTransformer.Tokens tokens, double expected) {
        assertThat(score(digits, tokens).item_double())
                .isCloseTo(expected, within((digits == GoldenDigits.DOUBLE ? 1e-7 : 1e-5) * Math.abs(expected)));
    }

    private static Tensor grad(Map<String, Tensor> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name).grad();
    }

    @ParameterizedTest
    @EnumSource
    void plainModel(GoldenDigits digits) {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        assertThat(StateDict.parameterCount(network)).isEqualTo(16128);
        Tensor x = x(digits).set_requires_grad(true);
        Tensor begin = network.after(x, 0);
        digits.tokens(begin, -19.646625, 416.55559);
        digits.tokens(network.after(x, 1), 27.68274, 733.09441, 0.8393178);
        Tensor embedded = begin.narrow(1, 1, 16)
                .sub(Objects.requireNonNull(StateDict.of(network).get("pos_embed"))
                        .narrow(1, 1, 16));
        digits.tokens(embedded, -26.11795, 360.7735, 0.34386568, 1.5936245);
        VisionTransformer.Tokens tokens = network.tokens(x);
        digits.tokens(tokens.cls(), -0.51143031, 35.935514, 1.6678482, 2.056956, -1.1641548, -0.88546556);
        digits.tokens(tokens.patches(), -4.756148, 619.45511, 1.2286443, 1.8618543, -1.192142, -0.11947793);
        score(digits, tokens, 25.7106202);
        score(digits, tokens).backward();
        Map<String, Tensor> parameters = StateDict.parameters(network);
        digits.gradient(grad(parameters, "cls_token"), NONE, 56.232748, -2.1237256, -4.9122841);
        digits.gradient(grad(parameters, "pos_embed"), NONE, 477.22029);
        digits.gradient(grad(parameters, "patch_embed.proj.weight"), NONE, 2917.0735, 1.4249216, -0.53832559);
        digits.gradient(grad(parameters, "blocks.0.attn.qkv.weight"), -2.249739, 2234.8984, -1.9414144, -3.0337543);
        Tensor bias = grad(parameters, "blocks.0.attn.qkv.bias");
        digits.gradient(bias, 20.087171, 99.941079, 1.4456049);
        assertThat(bias.narrow(0, 24, 24).abs().max().item_double())
                .as("a key's bias changes nothing")
                .isLessThan(digits == GoldenDigits.DOUBLE ? 1e-13 : 2e-5);
        digits.gradient(grad(parameters, "blocks.0.norm1.weight"), -5.6307024, 69.311917);
        digits.gradient(grad(parameters, "blocks.1.mlp.fc2.weight"), NONE, 2215.2395, 2.8355299, 0.45980454);
        digits.gradient(grad(parameters, "norm.weight"), 25.637855, 63.437909);
        digits.gradient(x.grad(), 29.655274, 837.85005, 1.153686);
    }

    @ParameterizedTest
    @CsvSource({
        "0, true, MLP, -0.82587177, 37.688425, 1.3782137, -6.1265357, 612.81331, 24.92217799, 2525.0134",
        "4, true, MLP, -0.70063333, 37.719282, 1.1723791, -6.5485738, 616.29592, 25.06538925, 2577.8577",
        "4, false, MLP, -0.38417096, 37.804892, 1.4261094, -6.0087518, 620.13636, 26.93717654, 2803.0132",
        "0, true, SWIGLU, -0.7385409, 39.104147, 1.0327211, -8.7234348, 617.8197, 35.49072279, 3802.007",
        "0, false, SWIGLU, -0.9500678, 39.694226, 1.3059411, -7.7753772, 618.26611, 27.08071871, 5253.1475",
        "4, true, SWIGLU, -0.56657187, 39.92098, 1.1705551, -8.7697166, 615.21863, 34.66935943, 3822.0277"
    })
    void parts(
            int registers,
            boolean layerScale,
            TransformerOptions.FeedForward feedForward,
            double sum,
            double abs,
            double first,
            double patchSum,
            double patchAbs,
            double score,
            double projection) {
        for (GoldenDigits digits : GoldenDigits.values()) {
            VisionTransformer network = filled(tiny(Positions.DINO, registers, layerScale, feedForward), digits.type);
            VisionTransformer.Tokens tokens = network.tokens(x(digits));
            digits.tokens(tokens.cls(), sum, abs, first);
            digits.tokens(tokens.patches(), patchSum, patchAbs);
            score(digits, tokens, score);
            score(digits, tokens).backward();
            Map<String, Tensor> parameters = StateDict.parameters(network);
            digits.gradient(grad(parameters, "patch_embed.proj.weight"), NONE, projection);
            if (registers == 4 && layerScale && feedForward == SWIGLU) {
                digits.tokens(tokens.registers(), -3.5359937, 155.51596);
                digits.gradient(grad(parameters, "register_tokens"), NONE, 104.29774, 0.84411653);
                digits.gradient(grad(parameters, "blocks.0.ls1.gamma"), 1.6122658, 45.060322);
                digits.gradient(grad(parameters, "blocks.0.mlp.w12.weight"), -4.8307949, 2279.8444);
                digits.gradient(grad(parameters, "blocks.1.mlp.w3.weight"), 0.66544694, 1375.7404);
            }
        }
    }

    @Test
    void gatedWidths() {
        assertThat(options(24).hidden()).isEqualTo(64);
        assertThat(options(40).hidden()).isEqualTo(112);
        assertThat(options(1536).hidden()).isEqualTo(4096);
    }

    private static TransformerOptions options(int dim) {
        return new TransformerOptions(dim, 1, 8, 4, 4, Positions.DINO, 0, false, SWIGLU, false, 1e-6);
    }

    /** The mask token replaces what the convolution gave, before positions are added. */
    @ParameterizedTest
    @EnumSource
    void hiddenPatches(GoldenDigits digits) {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        Tensor masks = torch.zeros(2, 16).to(ScalarType.Bool);
        long[][] hidden = {{0, 3, 5, 10}, {1, 2, 15}};
        for (int image = 0; image < 2; image++) {
            for (long patch : hidden[image]) {
                masks.select(0, image).select(0, patch).fill_(new org.bytedeco.pytorch.Scalar(1));
            }
        }
        VisionTransformer.Tokens tokens = network.tokens(x(digits), masks);
        digits.tokens(tokens.cls(), -0.55108407, 36.391126);
        score(digits, tokens, 35.19260929);
        score(digits, tokens).backward();
        digits.gradient(grad(StateDict.parameters(network), "mask_token"), NONE, 63.153256, 1.3879748);
    }

    /** DINOv2's way: the branch runs on half of the samples, and counts twice. */
    @ParameterizedTest
    @EnumSource
    void droppedBranches(GoldenDigits digits) {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        network.drop(new SampleDrop(0.5, samples -> torch.arange(new org.bytedeco.pytorch.Scalar(samples))));
        Tensor x = x(digits);
        digits.tokens(network.tokens(x).cls(), -0.51143031, 35.935514);
        network.train(true);
        digits.tokens(network.tokens(x).cls(), -0.83789636, 36.597864);
    }

    /** DINO's ViT-S/16 at the size it was trained for and a smaller one, DINOv2's S/14 with registers at a smaller one. */
    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void fullSize(GoldenDigits digits) {
        TransformerOptions dino =
                new TransformerOptions(384, 12, 6, 16, 14, Positions.DINO, 0, false, MLP, false, 1e-6);
        try (NoGradGuard guard = new NoGradGuard()) {
            VisionTransformer small = filled(new VisionTransformer(dino), 3000, digits.type);
            assertThat(StateDict.parameterCount(small)).isEqualTo(21_665_664);
            VisionTransformer.Tokens tokens = small.tokens(input(3400, digits.type, 1, 3, 224, 224));
            large(digits, tokens.cls(), -1.0005803, 307.80728, -0.18920161);
            large(digits, tokens.patches(), -104.00189, 59621.258);
            Tensor smaller = input(3401, digits.type, 1, 3, 96, 96);
            large(digits, small.tokens(smaller).cls(), -0.73393826, 307.6367, -0.57738742);
            small.close();
            TransformerOptions registers =
                    new TransformerOptions(384, 12, 6, 14, 37, Positions.ANTIALIASED, 4, true, MLP, true, 1e-6);
            VisionTransformer second = filled(new VisionTransformer(registers), 3000, digits.type);
            assertThat(StateDict.parameterCount(second)).isEqualTo(22_058_112);
            VisionTransformer.Tokens others = second.tokens(input(3400, digits.type, 1, 3, 224, 224));
            large(digits, others.cls(), -1.7910881, 304.79993, 1.4336171);
            large(digits, others.patches(), -275.01898, 78321.067);
            second.close();
        }
    }

    private static void large(GoldenDigits digits, Tensor x, double sum, double abs, double... first) {
        boolean exact = digits == GoldenDigits.DOUBLE;
        digits.check(1e-5, x, exact ? sum : NONE, abs, first);
        assertThat(x.sum().item_double()).isCloseTo(sum, within(1e-3));
    }

    /** VIT-6: how a network begins. */
    @Test
    void initialisation() {
        io.juxta.torch.Torch.seed(1);
        VisionTransformer network = new VisionTransformer(
                new TransformerOptions(192, 2, 3, 16, 14, Positions.ANTIALIASED, 4, true, MLP, true, 1e-6));
        Map<String, Tensor> state = StateDict.of(network);
        deviation(state, "blocks.0.attn.qkv.weight", 0.02);
        deviation(state, "blocks.1.mlp.fc2.weight", 0.02);
        deviation(state, "pos_embed", 0.02);
        deviation(state, "cls_token", 1e-6);
        deviation(state, "register_tokens", 1e-6);
        deviation(state, "patch_embed.proj.weight", 1 / Math.sqrt(3 * 768));
        state.forEach((name, tensor) -> {
            if (name.startsWith("blocks") && name.endsWith("bias") || name.equals("mask_token")) {
                assertThat(tensor.abs().max().item_double()).as(name).isZero();
            } else if (name.endsWith("gamma")) {
                assertThat(tensor.eq(new org.bytedeco.pytorch.Scalar(1e-5f))
                                .all()
                                .item_bool())
                        .isTrue();
            }
        });
    }

    /** VIT-6: the factors of DINOv2's rates for two blocks and a decay of 0.9, without what it has for patches besides. */
    @Test
    void ratesOfLayers() {
        VisionTransformer network = new VisionTransformer(
                new TransformerOptions(192, 2, 3, 16, 14, Positions.ANTIALIASED, 4, true, MLP, true, 1e-6));
        Map<String, Double> expected = Map.of(
                "cls_token",
                0.729,
                "pos_embed",
                0.729,
                "register_tokens",
                0.729,
                "mask_token",
                0.729,
                "patch_embed.proj.weight",
                0.729,
                "blocks.0.attn.qkv.weight",
                0.81,
                "blocks.1.ls2.gamma",
                0.9,
                "norm.weight",
                1.0);
        expected.forEach((name, rate) -> {
            assertThat(StateDict.of(network)).containsKey(name);
            assertThat(network.layerRate(name, 0.9)).as(name).isCloseTo(rate, within(1e-12));
            assertThat(network.layerRate(name, 1)).as(name).isEqualTo(1);
        });
        // what stands behind the last norm, whatever it is called
        assertThat(network.layerRate("projector.0.weight", 0.9)).isEqualTo(1);
    }

    private static void deviation(Map<String, Tensor> state, String name, double expected) {
        Tensor tensor = Objects.requireNonNull(state.get(name), name);
        double values = tensor.numel();
        assertThat(tensor.std().item_double()).as(name).isCloseTo(expected, within(4 * expected / Math.sqrt(values)));
    }

    /** VIT-5: features of patches, of any block, and what the class token looks at. */
    @ParameterizedTest
    @EnumSource
    void featuresAndAttention(GoldenDigits digits) {
        VisionTransformer network = filled(tiny(Positions.ANTIALIASED, 4, true, MLP), digits.type);
        Tensor x = x(digits);
        Tensor map = network.patches(x);
        assertThat(StateDict.shape(map)).isEqualTo("(2, 24, 4, 4)");
        digits.tokens(map, -6.5485738, 616.29592, 0.42080231, 0.75881035);
        Tensor raw = network.after(x, 2);
        digits.tokens(network.split(raw).patches(), 37.231204, 572.34122);
        VisionTransformer.Tokens early = network.split(network.normed(network.after(x, 1)));
        digits.tokens(early.patches(), -8.355021, 618.60728);
        digits.tokens(early.cls(), -1.2426552, 39.239164);

        VisionTransformer dino = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        digits.tokens(dino.normed(dino.after(x, 1)), -8.2820288, 661.43602);
        Tensor attention = dino.attention(x);
        digits.tokens(attention, 102, 102, 0.11350418, 0.055550877);
        Tensor ofClass = attention.select(0, 0).select(1, 0).narrow(1, 1, 16).sum(1);
        digits.tokens(ofClass, NONE, NONE, 0.88649582, 0.98016577, 0.93956201);
    }

    /** VIT-7: DINOv3's turned queries and keys; a key's bias is masked to 0. */
    @ParameterizedTest
    @EnumSource
    void rotary(GoldenDigits digits) {
        TransformerOptions options = new TransformerOptions(24, 2, 3, 4, 4, Positions.ROTARY, 4, true, MLP, true, 1e-5);
        VisionTransformer network = filled(options, digits.type);
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.of(network).forEach((name, tensor) -> {
                if (name.endsWith("qkv.bias")) {
                    tensor.narrow(0, 24, 24).zero_();
                }
            });
        }
        VisionTransformer.Tokens tokens = network.tokens(x(digits));
        digits.tokens(tokens.cls(), -0.18412642, 37.21688, 0.456921);
        digits.tokens(tokens.patches(), -6.5065344, 612.29696);
        score(digits, tokens, 14.33735235);
        Tensor larger = input(2120, digits.type, 2, 3, 20, 28);
        digits.tokens(network.tokens(larger).cls(), -0.13385432, 38.399744);
    }
}
