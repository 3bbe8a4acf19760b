package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.FilledTransformer;
import io.juxta.backbone.Positions;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.VisionTransformer;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Vision transformers under the names of the programs that trained them (VIT-4), of which the key lists are. */
@Tag("slow")
class TransformerNamesTest {
    private final PointerScope scope = new PointerScope();

    @AfterEach
    void close() {
        scope.close();
    }

    /** Every key of the program's own list has its place, none is left over, and what goes out again is that list. */
    @ParameterizedTest
    @CsvSource({
        "dino_vits16, dino, 150, 0, dino, 224, 256, imagenet",
        "dinov2_vits14, dinov2, 175, 0, dino, 224, 256, imagenet",
        "dinov2_vits14_reg, dinov2, 176, 4, antialiased, 224, 256, imagenet",
        "timm-vit_small_patch14_dinov2, timm, 174, 0, antialiased, 224, 256, imagenet",
        "timm-vit_small_patch14_reg4_dinov2, timm, 175, 4, antialiased, 224, 256, imagenet",
        "timm-vit_small_patch16_224.dino, timm, 150, 0, dino, 224, 256, imagenet",
        "timm-vit_small_patch16_224, timm, 152, 0, antialiased, 224, 248, half"
    })
    void keyLists(
            String list,
            String names,
            int entries,
            int registers,
            String positions,
            int side,
            int shortSide,
            String normalization)
            throws IOException {
        Map<String, Tensor> file = file(list);
        assertThat(file).hasSize(entries);
        Foreign foreign = Foreign.of(file);
        assertThat(foreign.kind()).isEqualTo(Foreign.Kind.VIT);
        assertThat(foreign.aside()).isEmpty();
        assertThat(foreign.recipe())
                .contains("heads: 6\n", "depth: 12\n", "registers: " + registers + "\n")
                .contains("positions: " + positions + "\n", "normalization: " + normalization + "\n")
                .contains("image-size: " + side + "\n", "short-side: " + shortSide + "\n");
        Fit fit = Fit.of(foreign);
        assertThat(fit.missing()).isEmpty();
        assertThat(fit.leftOver()).isEmpty();
        assertThat(fit.misshapen()).isEmpty();
        TransformerOptions options =
                TransformerRecipe.bind(Recipe.parse(foreign.recipe(), list)).options();
        Map<String, Tensor> out =
                switch (names) {
                    case "dino" -> TransformerNames.dino(fit.mapped(), options);
                    case "dinov2" -> TransformerNames.dinov2(fit.mapped(), options);
                    default -> TransformerNames.timm(fit.mapped());
                };
        assertThat(out.keySet()).containsExactlyElementsOf(file.keySet());
        file.forEach((name, tensor) -> assertThat(
                        Objects.requireNonNull(out.get(name)).equal(tensor))
                .as(name)
                .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"teacher/backbone.", "model/module.", "state_dict/student.encoder."})
    void prefixes(String prefix) throws IOException {
        Map<String, Tensor> file = new LinkedHashMap<>();
        file("dino_vits16").forEach((name, tensor) -> file.put(prefix + name, tensor));
        List<String> heads = List.of("head.mlp.0.weight", "projector.0.weight", "fc.2.bias", "last_layer.weight_v");
        heads.forEach(name -> file.put(prefix + name, torch.zeros(2, 2)));
        Foreign foreign = Foreign.of(file);
        assertThat(Fit.of(foreign).isWhole()).isTrue();
        assertThat(foreign.aside())
                .containsExactlyElementsOf(heads.stream()
                        .map(name -> prefix.replace("module.", "") + name)
                        .toList());
    }

    /** Where blocks lie in chunks, as in DINOv2's training of large networks. */
    @Test
    void chunks() throws IOException {
        Map<String, Tensor> file = new LinkedHashMap<>();
        file("dinov2_vits14").forEach((name, tensor) -> {
            String[] parts = name.split("\\.", 3);
            boolean inBlock = parts[0].equals("blocks");
            file.put(inBlock ? "blocks." + Integer.parseInt(parts[1]) / 3 + "." + name.substring(7) : name, tensor);
        });
        assertThat(file).containsKey("blocks.3.11.ls2.gamma");
        assertThat(Fit.of(Foreign.of(file)).isWhole()).isTrue();
    }

    /** A gated network with registers is the same network by timm's names: packed layers, a table without the class token's row. */
    @Test
    void throughTimm() {
        TransformerOptions options = new TransformerOptions(
                192, 2, 3, 14, 3, Positions.ANTIALIASED, 4, true, FeedForward.SWIGLU, true, 1e-6);
        VisionTransformer network = FilledTransformer.filled(new VisionTransformer(options), 2000, ScalarType.Double);
        Map<String, Tensor> timm = TransformerNames.timm(StateDict.of(network));
        assertThat(timm).containsKeys("reg_token", "blocks.1.mlp.fc1.weight").doesNotContainKey("mask_token");
        assertThat(Objects.requireNonNull(timm.get("pos_embed")).size(1)).isEqualTo(9);
        Foreign foreign = Foreign.of(timm);
        Fit fit = Fit.of(foreign);
        assertThat(fit.isWhole()).isTrue();
        VisionTransformer read =
                TransformerRecipe.bind(Recipe.parse(foreign.recipe(), "timm")).network();
        StateDict.load(read, fit.mapped());
        StateDict.convert(read, ScalarType.Double);
        read.eval();
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor x = FilledTransformer.input(2100, ScalarType.Double, 1, 3, 56, 70);
            Tensor wanted = network.forward(x);
            assertThat(read.forward(x).sub(wanted).abs().max().item_double())
                    .isLessThan(1e-6 * wanted.abs().max().item_double()); // read back in single precision
        }
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        Map<String, Tensor> file = file("dino_vits16");
        file.put("blocks.3.attn.q_norm.weight", torch.zeros(64));
        file.remove("norm.bias");
        Fit fit = Fit.of(Foreign.of(file));
        assertThat(fit.leftOver()).containsExactly("blocks.3.attn.q_norm.weight (64)");
        assertThat(fit.missing()).containsExactly("norm.bias (384)");
        Map<String, Tensor> odd = file("dino_vits16");
        odd.put("pos_embed", torch.zeros(1, 12, 384));
        assertThatThrownBy(() -> Foreign.of(odd)).hasMessageContaining("no square: it cannot be interpolated");
        odd.put("cls_token", torch.zeros(1, 1, 100));
        assertThatThrownBy(() -> Foreign.of(odd)).hasMessageContaining("100 values a token");
        odd.put("patch_embed.proj.weight", torch.zeros(384, 1, 16, 16));
        assertThatThrownBy(() -> Foreign.of(odd)).hasMessageContaining("red, green and blue");
        for (long[] shape : new long[][] {{}, {0}, {1, 1, 0}, {1, 1, 1}}) {
            odd.put("cls_token", torch.zeros(shape));
            assertThatThrownBy(() -> Fit.of(Foreign.of(odd))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aPictureThatPatchesDoNotFillIsRefused() {
        TransformerOptions options =
                new TransformerOptions(24, 1, 3, 14, 2, Positions.DINO, 0, false, FeedForward.MLP, false, 1e-6);
        VisionTransformer network = new VisionTransformer(options);
        assertThatThrownBy(() -> network.forward(torch.zeros(1, 3, 32, 28)))
                .hasMessage("a picture of 32 px cannot be cut into patches of 14: its sides must be multiples of that,"
                        + " such as 28 or 42");
    }

    /** Tensors of a list of names and shapes, each of its own values. */
    static Map<String, Tensor> file(String list) throws IOException {
        String name = "vit-keys/keys-" + list + ".txt";
        try (InputStream in = TransformerNamesTest.class.getResourceAsStream(name)) {
            Map<String, Tensor> file = new LinkedHashMap<>();
            String text = new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
            List<String> lines =
                    new ArrayList<>(text.lines().filter(line -> !line.isBlank()).toList());
            for (String line : lines) {
                String[] parts = line.split(" ");
                long[] shape = Arrays.stream(parts[1].split("x"))
                        .mapToLong(Long::parseLong)
                        .toArray();
                file.put(parts[0], torch.full(shape, new org.bytedeco.pytorch.Scalar(file.size() * 0.25)));
            }
            return file;
        }
    }
}
