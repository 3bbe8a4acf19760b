package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.FilledTransformer;
import io.juxta.backbone.Perceptron;
import io.juxta.backbone.Positions;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.TransformerBeginning;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.VisionTransformer;
import io.juxta.image.Normalization;
import io.juxta.torch.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vision transformers as onnxruntime computes them, against libtorch. */
@Tag("slow")
class OnnxTransformerTest {
    @TempDir
    private Path folder = Path.of("");

    private static VisionTransformer network(
            int registers, boolean layerScale, FeedForward feedForward, VisionTransformer.Output output, int classes) {
        TransformerOptions options = new TransformerOptions(
                24, 2, 3, 4, 4, Positions.ANTIALIASED, registers, layerScale, feedForward, false, 1e-6);
        VisionTransformer network = new VisionTransformer(options, output, 0);
        FilledTransformer.filled(network, 2000, ScalarType.Float);
        if (classes == 0) {
            return network;
        }
        VisionTransformer whole = new VisionTransformer(options, output, classes);
        whole.eval();
        return whole;
    }

    @ParameterizedTest
    @CsvSource({
        "0, false, MLP, CLASS, 16",
        "0, false, MLP, MEAN, 20",
        "4, true, MLP, BOTH, 16",
        "4, true, SWIGLU, CLASS, 24",
        "0, true, SWIGLU, BOTH, 12"
    })
    void featuresAndPatchesAreTheNetworks(
            int registers, boolean layerScale, FeedForward feedForward, VisionTransformer.Output output, int side)
            throws Exception {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            VisionTransformer network = network(registers, layerScale, feedForward, output, 0);
            Path file = folder.resolve("vit.onnx");
            OnnxTransformer.write(file, network, side, options(OnnxEncoder.Output.FEATURE));
            try (Onnx onnx = new Onnx(file)) {
                for (int batch : new int[] {1, 3}) {
                    Tensor x = FilledTransformer.input(2100, ScalarType.Float, batch, 3, side, side);
                    Onnx.assertSame(onnx.run(x, "feature"), network.pooled(x));
                    Onnx.assertSame(onnx.run(x, "patches"), network.patches(x));
                }
                assertThat(onnx.metadata())
                        .containsEntry("size", Integer.toString(side))
                        .containsEntry("patch", "4")
                        .containsEntry("mean", "0.485, 0.456, 0.406");
            }
        }
    }

    /** DINO's and the two-view methods' projector, and the heads of MoCo and of what is taught. */
    @ParameterizedTest
    @ValueSource(strings = {"projector", "linear", "mlp"})
    void withItsHead(String kind) throws Exception {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Torch.seed(5);
            TransformerOptions options =
                    new TransformerOptions(24, 2, 3, 4, 4, Positions.DINO, 0, false, FeedForward.MLP, false, 1e-6);
            Perceptron.Form form = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.PLAIN);
            VisionTransformer network = new VisionTransformer(
                    options,
                    TransformerBeginning.MOCO_V3,
                    in -> kind.equals("projector")
                            ? ProjectionHead.of(new Perceptron(in, List.of(12, 6), form))
                            : ProjectionHead.of(ProjectionHead.Kind.valueOf(kind.toUpperCase(Locale.ROOT)), in, 6));
            network.eval();
            Path file = folder.resolve("projected.onnx");
            OnnxTransformer.write(file, network, 16, options(OnnxEncoder.Output.EMBEDDING));
            try (Onnx onnx = new Onnx(file)) {
                Tensor x = FilledTransformer.input(2100, ScalarType.Float, 2, 3, 16, 16);
                Onnx.assertSame(onnx.run(x, "embedding"), network.forward(x));
            }
        }
    }

    @Test
    void withItsClassifier() throws Exception {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            VisionTransformer network = network(0, false, FeedForward.MLP, VisionTransformer.Output.CLASS, 5);
            Path file = folder.resolve("vit.onnx");
            OnnxTransformer.write(file, network, 16, options(OnnxEncoder.Output.EMBEDDING));
            try (Onnx onnx = new Onnx(file)) {
                Tensor x = FilledTransformer.input(2100, ScalarType.Float, 2, 3, 16, 16);
                Onnx.assertSame(onnx.run(x, "embedding"), network.forward(x));
            }
            VisionTransformer none = network(0, false, FeedForward.MLP, VisionTransformer.Output.CLASS, 0);
            assertThatThrownBy(() -> OnnxTransformer.write(file, none, 16, options(OnnxEncoder.Output.EMBEDDING)))
                    .hasMessageContaining("no projection head");
            assertThatThrownBy(() -> OnnxTransformer.write(file, none, 15, options(OnnxEncoder.Output.FEATURE)))
                    .hasMessageContaining("patches of 4");
        }
    }

    private static OnnxEncoder.Options options(OnnxEncoder.Output output) {
        return new OnnxEncoder.Options(output, BatchNorms.KEPT, Normalization.IMAGENET, "1.2");
    }
}
