package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.backbone.Perceptron;
import io.juxta.backbone.Positions;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.TransformerBeginning;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.VisionTransformer;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** MoCo v3's ViT-S, whose 12 heads no tensor tells of, in two blocks: out and in again. */
@Tag("slow")
class ManyHeadsTest {
    private static final Perceptron.Form FORM = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.PLAIN);

    @TempDir
    private Path folder = Path.of("");

    private final PointerScope scope = new PointerScope();
    private final VisionTransformer network = network();

    private static VisionTransformer network() {
        Torch.seed(3);
        VisionTransformer network = new VisionTransformer(
                new TransformerOptions(384, 2, 12, 16, 2, Positions.DINO, 0, false, FeedForward.MLP, false, 1e-6),
                TransformerBeginning.MOCO_V3,
                in -> ProjectionHead.of(new Perceptron(in, List.of(8, 4), FORM)));
        network.eval();
        return network;
    }

    /** Imported weights, as a run or juxta import leaves them. */
    @BeforeEach
    void write() throws IOException {
        Safetensors.write(
                folder.resolve("encoder.safetensors"),
                backbone(),
                Map.of("recipe", Foreign.of(StateDict.of(network)).recipe()));
    }

    @AfterEach
    void close() {
        network.close();
        scope.close();
    }

    private Map<String, Tensor> backbone() {
        Map<String, Tensor> backbone = StateDict.of(network);
        backbone.keySet().removeIf(name -> !network.isOfBackbone(name));
        return backbone;
    }

    private void assertSees(Map<String, Tensor> tensors, String recipe) {
        try (NoGradGuard guard = new NoGradGuard();
                VisionTransformer read =
                        TransformerRecipe.bind(Recipe.parse(recipe, "read")).network()) {
            assertThat(read.options().heads()).isEqualTo(12);
            StateDict.load(read, tensors);
            read.eval();
            Tensor x = Filler.tensor(7, 2, ScalarType.Float, 2, 3, 32, 32);
            Tensor wanted = network.pooled(x);
            assertThat(read.pooled(x).sub(wanted).abs().max().item_double())
                    .isLessThan(1e-6 * wanted.abs().max().item_double());
        }
    }

    /** By its sines and cosines it is known again, under timm's names too, and a projector is left aside. */
    @Test
    void itsPositionsTellThatItHasTwelve() {
        for (Map<String, Tensor> file : List.of(StateDict.of(network), TransformerNames.timm(backbone()))) {
            Foreign foreign = Foreign.of(file);
            assertThat(foreign.recipe()).contains("heads: 12\n", "depth: 2\n");
            assertThat(foreign.notes()).anyMatch(note -> note.contains("one of MoCo v3's, of 12 heads"));
            Fit fit = Fit.of(foreign);
            assertThat(fit.isWhole()).isTrue();
            assertSees(fit.mapped(), foreign.recipe());
        }
        Map<String, Tensor> learned = backbone();
        learned.put("pos_embed", Filler.tensor(5, ScalarType.Float, 1, 5, 384));
        assertThat(Foreign.of(learned).recipe()).contains("heads: 6\n");
    }

    @Test
    void asSafetensorsItComesBack() throws IOException {
        Path out = folder.resolve("out.safetensors");
        Export.write(folder.resolve("encoder.safetensors"), ExportFormat.SAFETENSORS, Export.Options.plain("1.0"), out);
        assertThat(Safetensors.metadata(out)).containsEntry("heads", "12");
        Foreign foreign = Foreign.of(WeightsFile.read(out).tensors());
        assertSees(Fit.of(foreign).mapped(), foreign.recipe());
    }

    /** Those who read these formats would take 6, and see something else. */
    @ParameterizedTest
    @EnumSource(names = {"TIMM", "DINO", "DINOV2", "HUGGINGFACE"})
    void whereItWouldBeMistakenItDoesNotGo(ExportFormat format) {
        Path source = folder.resolve("encoder.safetensors");
        Path out = folder.resolve("out");
        assertThatThrownBy(() -> Export.write(source, format, Export.Options.plain("1.0"), out))
                .hasMessage(source + " has 12 heads, as MoCo v3's ViT-S, and readers of " + format
                        + " take 6 for its width: use safetensors and tell them, or onnx");
        assertThat(Files.exists(out)).isFalse();
    }

    /** With its projector, which is read back as well as a file without. */
    @Test
    void aRunsHeadGoesWithIt() throws IOException {
        String recipe = "method: moco-v3\narch: vit_tiny\npatch-size: 8\nimage-size: 16\ntransformer: moco-v3\n"
                + "projector: [8, 4]\npredictor: [8, 4]\n";
        Path run = folder.resolve("run.safetensors");
        try (var encoder = io.juxta.siamese.SiameseRecipe.bind("moco-v3", Recipe.parse(recipe, "run"))
                .encoder()) {
            Safetensors.write(run, StateDict.of(encoder), Map.of("recipe", recipe));
        }
        Path out = folder.resolve("with-head.safetensors");
        Export.write(run, ExportFormat.SAFETENSORS, new Export.Options(true, BatchNorms.KEPT, "1.0"), out);
        Map<String, Tensor> tensors = WeightsFile.read(out).tensors();
        assertThat(tensors).containsKey("projector.0.weight");
        assertThat(Objects.requireNonNull(tensors.get("cls_token")).size(2)).isEqualTo(192);
    }
}
