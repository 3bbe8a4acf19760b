package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.juxta.Filler;
import io.juxta.cut.TrainedGenerator;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.recipe.NetworkOptions;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Generators as onnxruntime computes them, against libtorch. */
@Tag("slow")
class OnnxGeneratorTest {
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

    private static TrainedGenerator generator(String recipe) {
        NetworkOptions networks = Recipe.parse(recipe, "test").bind(NetworkOptions.class);
        Generator G = networks.generator(16);
        Onnx.train(G);
        return new TrainedGenerator(G, networks);
    }

    private Path write(TrainedGenerator generator, BatchNorms norms) throws IOException {
        Path file = folder.resolve("generator.onnx");
        OnnxGenerator.write(file, generator, new OnnxGenerator.Options(norms, "1.2"));
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "resnet-6blocks, instance, true, true, false, 3, 3, KEPT",
        "resnet-9blocks, instance, true, true, false, 3, 3, KEPT",
        "resnet-9blocks, instance, false, false, true, 1, 3, FOLDED",
        "resnet-6blocks, instance, true, false, false, 3, 1, KEPT",
        "resnet-6blocks, batch, true, true, true, 3, 3, KEPT",
        "resnet-9blocks, batch, true, true, false, 3, 3, FOLDED",
        "resnet-6blocks, batch, false, false, false, 3, 3, FOLDED",
        "resnet-6blocks, batch, false, false, false, 3, 3, KEPT",
        "resnet-6blocks, none, false, true, false, 2, 3, FOLDED"
    })
    void translationsAreTheGenerators(
            String netG,
            String norm,
            boolean antialias,
            boolean antialiasUp,
            boolean dropout,
            int in,
            int out,
            BatchNorms norms)
            throws IOException, OrtException {
        TrainedGenerator generator = generator("netG: " + netG + "\nngf: 8\nnormG: " + norm + "\nantialias: "
                + antialias + "\nantialias-up: " + antialiasUp + "\ndropout: " + dropout + "\ninput-nc: " + in
                + "\noutput-nc: " + out + "\ninit-gain: 1\n");
        try (NoGradGuard guard = new NoGradGuard();
                Onnx onnx = new Onnx(write(generator, norms))) {
            assertThat(onnx.metadata()).containsEntry("arch", netG).containsEntry("mean", "0.5");
            for (long[] shape :
                    List.of(new long[] {1, in, 16, 16}, new long[] {3, in, 8, 28}, new long[] {17, in, 16, 12})) {
                Tensor x = Filler.tensor(shape[0], 1, ScalarType.Float, shape);
                Onnx.assertSame(onnx.run(x, "translation"), generator.network().forward(x));
            }
        }
    }

    @Test
    void styleGan2IsRefusedInOneLine() {
        TrainedGenerator generator = generator("netG: smallstylegan2\nngf: 8\n");
        assertThatThrownBy(() -> write(generator, BatchNorms.KEPT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("netG smallstylegan2 draws noise for every image");
    }
}
