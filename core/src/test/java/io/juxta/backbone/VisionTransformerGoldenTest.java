package io.juxta.backbone;

import static io.juxta.backbone.FilledTransformer.filled;
import static io.juxta.backbone.FilledTransformer.input;
import static io.juxta.backbone.FilledTransformer.tiny;
import static io.juxta.backbone.FilledTransformer.values;
import static io.juxta.backbone.TransformerOptions.FeedForward.MLP;
import static io.juxta.backbone.TransformerOptions.FeedForward.SWIGLU;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
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
    /** What the programs computed in, and what networks are trained in. */
    enum Digits {
        DOUBLE(ScalarType.Double, 1, 1e-7, 1e-7),
        FLOAT(ScalarType.Float, 0, 1e-4, 1e-6);

        private final ScalarType type;
        private final double relative;
        private final double signed;
        private final double absolute;

        Digits(ScalarType type, double relative, double signed, double absolute) {
            this.type = type;
            this.relative = relative;
            this.signed = signed;
            this.absolute = absolute;
        }
    }

    private final PointerScope scope = new PointerScope();

    @AfterEach
    void close() {
        scope.close();
    }

    /** Signed sum, sum of absolute values, first values; in double each of the eight digits that are printed. */
    private static void check(Digits digits, double single, Tensor x, double sum, double abs, double... first) {
        double[] all = Goldens.values(x);
        double signed = 0;
        double size = 0;
        for (double value : all) {
            signed += value;
            size += Math.abs(value);
        }
        boolean exact = digits == Digits.DOUBLE;
        if (!Double.isNaN(sum)) {
            double few = exact ? 1e-7 * Math.max(1e-1, Math.abs(sum)) : digits.signed;
            assertThat(signed).as("signed sum").isCloseTo(sum, within(few));
        }
        if (!Double.isNaN(abs)) {
            assertThat(size).as("sum of absolute values").isCloseTo(abs, within(digits.absolute * abs));
        }
        for (int i = 0; i < first.length; i++) {
            double few = exact ? 1e-7 * Math.max(1e-1, Math.abs(first[i])) : single;
            assertThat(all[i]).as("value " + i).isCloseTo(first[i], within(few));
        }
    }

    private static void tokens(Digits digits, Tensor x, double sum, double abs, double... first) {
        check(digits, 5e-6, x, sum, abs, first);
    }

    private static void gradient(Digits digits, Tensor x, double sum, double abs, double... first) {
        check(digits, 2e-5, x, sum, abs, first);
    }

    private static final double NONE = Double.NaN;

    private static Tensor x(Digits digits) {
        return input(2100, digits.type, 2, 3, 16, 16);
    }

    private static Tensor score(Digits digits, VisionTransformer.Tokens tokens) {
        Tensor ofClass = tokens.cls().mul(input(2110, digits.type, 2, 24)).sum();
        return ofClass.add(
                tokens.patches().mul(input(2111, digits.type, 2, 16, 24)).sum());
    }

    private static void score(Digits digits, VisionTransformer.Tokens tokens, double expected) {
        assertThat(score(digits, tokens).item_double())
                .isCloseTo(expected, within((digits == Digits.DOUBLE ? 1e-7 : 1e-5) * Math.abs(expected)));
    }

    private static Tensor grad(Map<String, Tensor> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name).grad();
    }

    @ParameterizedTest
    @EnumSource
    void plainModel(Digits digits) {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        assertThat(StateDict.parameterCount(network)).isEqualTo(16128);
        Tensor x = x(digits).set_requires_grad(true);
        Tensor begin = network.after(x, 0);
        tokens(digits, begin, -19.646625, 416.55559);
        tokens(digits, network.after(x, 1), 27.68274, 733.09441, 0.8393178);
        Tensor embedded = begin.narrow(1, 1, 16)
                .sub(Objects.requireNonNull(StateDict.of(network).get("pos_embed"))
                        .narrow(1, 1, 16));
        tokens(digits, embedded, -26.11795, 360.7735, 0.34386568, 1.5936245);
        VisionTransformer.Tokens tokens = network.tokens(x);
        tokens(digits, tokens.cls(), -0.51143031, 35.935514, 1.6678482, 2.056956, -1.1641548, -0.88546556);
        tokens(digits, tokens.patches(), -4.756148, 619.45511, 1.2286443, 1.8618543, -1.192142, -0.11947793);
        score(digits, tokens, 25.7106202);
        score(digits, tokens).backward();
        Map<String, Tensor> parameters = StateDict.parameters(network);
        gradient(digits, grad(parameters, "cls_token"), NONE, 56.232748, -2.1237256, -4.9122841);
        gradient(digits, grad(parameters, "pos_embed"), NONE, 477.22029);
        gradient(digits, grad(parameters, "patch_embed.proj.weight"), NONE, 2917.0735, 1.4249216, -0.53832559);
        gradient(digits, grad(parameters, "blocks.0.attn.qkv.weight"), -2.249739, 2234.8984, -1.9414144, -3.0337543);
        Tensor bias = grad(parameters, "blocks.0.attn.qkv.bias");
        gradient(digits, bias, 20.087171, 99.941079, 1.4456049);
        assertThat(bias.narrow(0, 24, 24).abs().max().item_double())
                .as("a key's bias changes nothing")
                .isLessThan(digits == Digits.DOUBLE ? 1e-13 : 2e-5);
        gradient(digits, grad(parameters, "blocks.0.norm1.weight"), -5.6307024, 69.311917);
        gradient(digits, grad(parameters, "blocks.1.mlp.fc2.weight"), NONE, 2215.2395, 2.8355299, 0.45980454);
        gradient(digits, grad(parameters, "norm.weight"), 25.637855, 63.437909);
        gradient(digits, x.grad(), 29.655274, 837.85005, 1.153686);
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
        for (Digits digits : Digits.values()) {
            VisionTransformer network = filled(tiny(Positions.DINO, registers, layerScale, feedForward), digits.type);
            VisionTransformer.Tokens tokens = network.tokens(x(digits));
            tokens(digits, tokens.cls(), sum, abs, first);
            tokens(digits, tokens.patches(), patchSum, patchAbs);
            score(digits, tokens, score);
            score(digits, tokens).backward();
            Map<String, Tensor> parameters = StateDict.parameters(network);
            gradient(digits, grad(parameters, "patch_embed.proj.weight"), NONE, projection);
            if (registers == 4 && layerScale && feedForward == SWIGLU) {
                tokens(digits, tokens.registers(), -3.5359937, 155.51596);
                gradient(digits, grad(parameters, "register_tokens"), NONE, 104.29774, 0.84411653);
                gradient(digits, grad(parameters, "blocks.0.ls1.gamma"), 1.6122658, 45.060322);
                gradient(digits, grad(parameters, "blocks.0.mlp.w12.weight"), -4.8307949, 2279.8444);
                gradient(digits, grad(parameters, "blocks.1.mlp.w3.weight"), 0.66544694, 1375.7404);
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
    void hiddenPatches(Digits digits) {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        Tensor masks = torch.zeros(2, 16).to(ScalarType.Bool);
        long[][] hidden = {{0, 3, 5, 10}, {1, 2, 15}};
        for (int image = 0; image < 2; image++) {
            for (long patch : hidden[image]) {
                masks.select(0, image).select(0, patch).fill_(new org.bytedeco.pytorch.Scalar(1));
            }
        }
        VisionTransformer.Tokens tokens = network.tokens(x(digits), masks);
        tokens(digits, tokens.cls(), -0.55108407, 36.391126);
        score(digits, tokens, 35.19260929);
        score(digits, tokens).backward();
        gradient(digits, grad(StateDict.parameters(network), "mask_token"), NONE, 63.153256, 1.3879748);
    }

    /** DINOv2's way: the branch runs on half of the samples, and counts twice. */
    @ParameterizedTest
    @EnumSource
    void droppedBranches(Digits digits) {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        network.drop(new BranchDrop(0.5, samples -> torch.arange(new org.bytedeco.pytorch.Scalar(samples))));
        Tensor x = x(digits);
        tokens(digits, network.tokens(x).cls(), -0.51143031, 35.935514);
        network.train(true);
        tokens(digits, network.tokens(x).cls(), -0.83789636, 36.597864);
    }

    @ParameterizedTest
    @CsvSource({
        "2120, 20, 28, DINO, 4.1719285, 183.722, -0.15837792, -0.67832258, 37.636633, -0.83917939",
        "2120, 20, 28, DINO_ANTIALIASED, 4.5487005, 175.28922, -0.16750226, -0.67115294, 37.624564,",
        "2120, 20, 28, PLAIN, 4.8027826, 184.55082, -0.15987211, -0.68321605, 37.599445,",
        "2120, 20, 28, ANTIALIASED, 5.2006977, 175.7452, -0.16867898, -0.67720388, 37.530856, -0.80155448",
        "2121, 12, 12, DINO, 0.9337583, 36.56421, -0.22948755, -0.25274834, 40.80616,",
        "2121, 12, 12, DINO_ANTIALIASED, 0.78239926, 32.513134, -0.25216232, -0.2546031, 40.885421,",
        "2121, 12, 12, PLAIN, 1.3890537, 39.082384, -0.23408427, -0.26893108, 40.65474,",
        "2121, 12, 12, ANTIALIASED, 1.1189517, 33.211964, -0.25235613, -0.26326398, 40.866229,"
    })
    void otherSizes(
            int tag,
            int height,
            int width,
            Positions positions,
            double sum,
            double abs,
            double first,
            double classSum,
            double classAbs,
            Double classFirst) {
        for (Digits digits : Digits.values()) {
            VisionTransformer network = filled(tiny(positions, 0, false, MLP), digits.type);
            Tensor whole = Objects.requireNonNull(StateDict.of(network).get("pos_embed"));
            Tensor table = positions.table(whole, 4, height / 4, width / 4);
            check(digits, 5e-7, table.narrow(1, 1, table.size(1) - 1), sum, abs, first);
            assertThat(table.narrow(1, 0, 1).equal(whole.narrow(1, 0, 1))).isTrue();
            Tensor x = input(tag, digits.type, 2, 3, height, width);
            Tensor cls = network.tokens(x).cls();
            if (classFirst == null) {
                tokens(digits, cls, classSum, classAbs);
            } else {
                tokens(digits, cls, classSum, classAbs, classFirst);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"DINO, 236.66865", "ANTIALIASED, 226.50691"})
    void gradientOfTheTable(Positions positions, double abs) {
        for (Digits digits : Digits.values()) {
            VisionTransformer network = filled(tiny(positions, 0, false, MLP), digits.type);
            Tensor whole = Objects.requireNonNull(StateDict.of(network).get("pos_embed"));
            Tensor upstream = input(2123, digits.type, 1, 36, 24).narrow(1, 1, 35);
            positions.table(whole, 4, 5, 7).narrow(1, 1, 35).mul(upstream).sum().backward();
            gradient(digits, whole.grad().narrow(1, 1, 16), 2.5035518, abs);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "37, 16, DINO, -1.1380278, 213.01185",
        "37, 16, ANTIALIASED, -5.2858606, 82.859233",
        "14, 6, DINO, 0.27307721, 30.870237"
    })
    void largeTables(int grid, int side, Positions positions, double sum, double abs) {
        for (Digits digits : Digits.values()) {
            Tensor whole = values(2130, 0, 0.5, digits.type, 1, 1 + grid * grid, 4);
            Tensor table = positions.table(whole, grid, side, side);
            check(digits, 5e-7, table.narrow(1, 1, side * side), sum, abs);
        }
    }

    /** As many patches in another shape are interpolated too. */
    @Test
    void anotherShapeOfAsManyPatches() {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), ScalarType.Double);
        Tensor whole = Objects.requireNonNull(StateDict.of(network).get("pos_embed"));
        assertThat(Positions.DINO.table(whole, 4, 2, 8).equal(whole)).isFalse();
        assertThat(Positions.DINO.table(whole, 4, 4, 4).equal(whole)).isTrue();
    }

    /** DINO's ViT-S/16 at the size it was trained for and a smaller one, DINOv2's S/14 with registers at a smaller one. */
    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void fullSize(Digits digits) {
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

    private static void large(Digits digits, Tensor x, double sum, double abs, double... first) {
        boolean exact = digits == Digits.DOUBLE;
        check(digits, 1e-5, x, exact ? sum : NONE, abs, first);
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

    private static void deviation(Map<String, Tensor> state, String name, double expected) {
        Tensor tensor = Objects.requireNonNull(state.get(name), name);
        double values = tensor.numel();
        assertThat(tensor.std().item_double()).as(name).isCloseTo(expected, within(4 * expected / Math.sqrt(values)));
    }

    /** VIT-5: features of patches, of any block, and what the class token looks at. */
    @ParameterizedTest
    @EnumSource
    void featuresAndAttention(Digits digits) {
        VisionTransformer network = filled(tiny(Positions.ANTIALIASED, 4, true, MLP), digits.type);
        Tensor x = x(digits);
        Tensor map = network.patches(x);
        assertThat(StateDict.shape(map)).isEqualTo("(2, 24, 4, 4)");
        tokens(digits, map, -6.5485738, 616.29592, 0.42080231, 0.75881035);
        Tensor raw = network.after(x, 2);
        tokens(digits, network.split(raw).patches(), 37.231204, 572.34122);
        VisionTransformer.Tokens early = network.split(network.normed(network.after(x, 1)));
        tokens(digits, early.patches(), -8.355021, 618.60728);
        tokens(digits, early.cls(), -1.2426552, 39.239164);

        VisionTransformer dino = filled(tiny(Positions.DINO, 0, false, MLP), digits.type);
        tokens(digits, dino.normed(dino.after(x, 1)), -8.2820288, 661.43602);
        Tensor attention = dino.attention(x);
        tokens(digits, attention, 102, 102, 0.11350418, 0.055550877);
        Tensor ofClass = attention.select(0, 0).select(1, 0).narrow(1, 1, 16).sum(1);
        tokens(digits, ofClass, NONE, NONE, 0.88649582, 0.98016577, 0.93956201);
    }

    /** VIT-7: DINOv3's turned queries and keys; a key's bias is masked to 0. */
    @ParameterizedTest
    @EnumSource
    void rotary(Digits digits) {
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
        tokens(digits, tokens.cls(), -0.18412642, 37.21688, 0.456921);
        tokens(digits, tokens.patches(), -6.5065344, 612.29696);
        score(digits, tokens, 14.33735235);
        Tensor larger = input(2120, digits.type, 2, 3, 20, 28);
        tokens(digits, network.tokens(larger).cls(), -0.13385432, 38.399744);
    }
}
