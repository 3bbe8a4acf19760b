package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.juxta.Filler;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.Architecture.Stem;
import io.juxta.backbone.Perceptron;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.dino.DinoRecipe;
import io.juxta.image.Normalization;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.onnx.OnnxFile;
import io.juxta.weights.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Encoders as onnxruntime computes them, against libtorch. */
@Tag("slow")
class OnnxEncoderTest {
    @TempDir
    private Path folder = Path.of("");

    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
        Torch.seed(7);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static ResNet.Options network(String name, Stem stem, int width) {
        return new ResNet.Options(Architecture.named(name), stem, width, 1);
    }

    private Path write(ResNet encoder, OnnxEncoder.Output output, BatchNorms norms) throws IOException {
        Path file = folder.resolve("encoder.onnx");
        OnnxEncoder.write(file, encoder, new OnnxEncoder.Options(output, norms, Normalization.SWAV, "1.2"));
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, IMAGENET, 64, KEPT",
        "resnet18, IMAGENET, 64, FOLDED",
        "resnet18, CIFAR, 16, KEPT",
        "resnet18, CIFAR, 16, FOLDED",
        "resnet50, IMAGENET, 64, KEPT",
        "resnet50, IMAGENET, 64, FOLDED",
        "resnext50_32x4d, IMAGENET, 64, FOLDED",
        "wide_resnet50_2, CIFAR, 8, KEPT"
    })
    void featuresAreTheNetworks(String name, Stem stem, int width, BatchNorms norms) throws IOException, OrtException {
        ResNet encoder = new ResNet(network(name, stem, width), ProjectionHead.Kind.LINEAR, 16);
        Onnx.train(encoder);
        try (NoGradGuard guard = new NoGradGuard();
                Onnx onnx = new Onnx(write(encoder, OnnxEncoder.Output.FEATURE, norms))) {
            for (long[] shape :
                    List.of(new long[] {1, 3, 32, 32}, new long[] {3, 3, 40, 33}, new long[] {17, 3, 32, 32})) {
                Tensor x = Filler.tensor(shape[0], 2, ScalarType.Float, shape);
                Onnx.assertSame(onnx.run(x, "feature"), encoder.pooled(x));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void embeddingsAreTheNetworksWithEveryHead(BatchNorms norms) throws IOException, OrtException {
        ResNet.Options options = network("resnet18", Stem.CIFAR, 8);
        List<ResNet> encoders = List.of(
                new ResNet(options, ProjectionHead.Kind.LINEAR, 16),
                new ResNet(options, ProjectionHead.Kind.MLP, 16),
                new ResNet(options, in -> ProjectionHead.swav(in, 24, 16)),
                new ResNet(options, in -> ProjectionHead.swav(in, 0, 16)));
        for (ResNet encoder : encoders) {
            Onnx.train(encoder);
            try (NoGradGuard guard = new NoGradGuard();
                    Onnx onnx = new Onnx(write(encoder, OnnxEncoder.Output.EMBEDDING, norms))) {
                Tensor x = Filler.tensor(3, 2, ScalarType.Float, 3, 3, 16, 16);
                Onnx.assertSame(onnx.run(x, "embedding"), encoder.forward(x));
            }
        }
    }

    private static ResNet projected(Perceptron.Bias bias, Perceptron.LastNorm last) {
        return new ResNet(
                network("resnet18", Stem.CIFAR, 8),
                in -> ProjectionHead.of(new Perceptron(in, List.of(12, 6), new Perceptron.Form(bias, last))));
    }

    private static ResNet dino(boolean normed) {
        String recipe =
                "arch: resnet18\nstem: cifar\nwidth: 8\nprojector: [12, 10, 6]\nK: 4\nprojector-norm: " + normed;
        return (ResNet) DinoRecipe.bind(Recipe.parse(recipe, "tiny")).encoder();
    }

    @ParameterizedTest
    @EnumSource
    void embeddingsAreTheNetworksWithEveryProjector(BatchNorms norms) throws IOException, OrtException {
        List<ResNet> encoders = List.of(
                projected(Perceptron.Bias.NONE, Perceptron.LastNorm.SCALED),
                projected(Perceptron.Bias.HIDDEN, Perceptron.LastNorm.NONE),
                projected(Perceptron.Bias.LAST, Perceptron.LastNorm.PLAIN),
                dino(false),
                dino(true));
        for (ResNet encoder : encoders) {
            Onnx.train(encoder);
            try (NoGradGuard guard = new NoGradGuard()) {
                // DINO's projector begins with weights of 0.02
                StateDict.of(encoder).forEach((name, tensor) -> {
                    if (name.startsWith("projector") && tensor.dim() == 2) {
                        tensor.mul_(new Scalar(8));
                    }
                });
            }
            try (NoGradGuard guard = new NoGradGuard();
                    Onnx onnx = new Onnx(write(encoder, OnnxEncoder.Output.EMBEDDING, norms))) {
                Tensor x = Filler.tensor(3, 2, ScalarType.Float, 3, 3, 16, 16);
                Onnx.assertSame(onnx.run(x, "embedding"), encoder.forward(x));
            }
        }
    }

    @Test
    void saysWhatItIs() throws IOException, OrtException {
        ResNet encoder = new ResNet(network("resnet18", Stem.CIFAR, 8));
        encoder.eval();
        try (Onnx onnx = new Onnx(write(encoder, OnnxEncoder.Output.FEATURE, BatchNorms.KEPT))) {
            assertThat(onnx.producer()).isEqualTo("juxta");
            assertThat(onnx.metadata())
                    .containsEntry("arch", "resnet18")
                    .containsEntry("stem", "cifar")
                    .containsEntry("width", "8")
                    .containsEntry("mean", "0.485, 0.456, 0.406")
                    .containsEntry("std", "0.228, 0.224, 0.225")
                    .containsEntry("juxta", "1.2");
        }
    }

    @Test
    void refusesInOneLineAndLeavesNothing() throws IOException {
        ResNet encoder = new ResNet(network("resnet18", Stem.CIFAR, 8));
        assertThatThrownBy(() -> write(encoder, OnnxEncoder.Output.EMBEDDING, BatchNorms.KEPT))
                .hasMessage("the encoder has no projection head: export its feature instead");
        assertThat(Files.list(folder)).isEmpty();
        OnnxEncoder.Options options =
                new OnnxEncoder.Options(OnnxEncoder.Output.FEATURE, BatchNorms.KEPT, Normalization.HALF, "1");
        Path nowhere = folder.resolve("missing/encoder.onnx");
        assertThatThrownBy(() -> OnnxEncoder.write(nowhere, encoder, options))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + nowhere + ": there is no such folder");
    }

    @Test
    void aGraphWithoutSenseIsRefused() {
        OnnxGraph graph = new OnnxGraph("g");
        graph.input("x", List.of("batch"));
        assertThatThrownBy(() -> graph.input("x", List.of("batch"))).hasMessageContaining("x is already an input");
        assertThatThrownBy(() -> graph.node("y", "Relu", List.of("z"))).hasMessageContaining("nothing is called z");
    }

    /** A tensor expanded to 2 GiB takes no memory until it is written. */
    @Test
    void aModelAboveProtobufsLimitIsRefused() {
        OnnxGraph graph = new OnnxGraph("g");
        graph.tensor("w", Tensor.create(1f).expand(1 << 15, 1 << 14));
        assertThatThrownBy(() -> OnnxFile.write(folder.resolve("large.onnx"), graph, "1", Map.of()))
                .hasMessageContaining("2048 MiB, an ONNX file has at most 2047");
    }
}
