package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.backbone.Positions;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.VisionTransformer;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What encoders are good for, by command, on a vision transformer under DINO's names: one block, pictures of 16 px. */
@Tag("slow")
class TransformerCommandsTest {
    @TempDir
    static Path root;

    private static Path weights;
    private static Path data;

    @BeforeAll
    static void write() throws IOException {
        weights = root.resolve("vit.safetensors");
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            VisionTransformer network = new VisionTransformer(
                    new TransformerOptions(192, 1, 3, 8, 2, Positions.DINO, 0, false, FeedForward.MLP, false, 1e-6));
            Safetensors.write(weights, StateDict.of(network), Map.of());
        }
        data = root.resolve("data");
        TinyRun.images(data.resolve("train"), 24);
        TinyRun.images(data.resolve("test"), 12);
    }

    private static JuxtaProcess.Result done(String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--quiet", "--device=cpu"));
        JuxtaProcess.Result said = TinyRun.call(arguments.toArray(String[]::new));
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        return said;
    }

    /** A residual network learns to see as it does, in its own size or in the student's, which its patches must fill. */
    @Test
    void itTeaches() throws IOException {
        Path recipe = DistillPretrainTest.recipe(root, "seed", "each");
        Path run = root.resolve("taught");
        String[] plain = {"--run=" + run, "--teacher=" + weights, "--set=epochs=1"};
        JuxtaProcess.Result said = TinyRun.pretrain(recipe, data, plain);
        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains("taught by " + weights + ", 192 values");

        Path refused = root.resolve("refused");
        JuxtaProcess.Result odd =
                TinyRun.pretrain(recipe, data, "--run=" + refused, "--teacher=" + weights, "--set=image-size=20");
        assertThat(odd.err())
                .contains("image-size 20 does not suit the teacher " + weights
                        + ": a picture of 20 px cannot be cut into patches of 8: its sides must be multiples of that, such"
                        + " as 16 or 24; set it so, or teacher-views=once, which shows it every image in its own size")
                .hasLineCount(1);
        assertThat(odd.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(refused).doesNotExist();
        JuxtaProcess.Result once = TinyRun.pretrain(
                recipe,
                data,
                "--run=" + refused,
                "--teacher=" + weights,
                "--set=image-size=20",
                "--set=teacher-views=once",
                "--set=epochs=1");
        assertThat(once.err()).isEmpty();
        assertThat(once.out()).contains("which sees every image once, before training");
    }

    @Test
    void itIsJudged() {
        String on = "--data=" + data;
        assertThat(done("evaluate", "knn", weights.toString(), on, "--set=knn-k=3")
                        .out())
                .contains("kNN ");
        Path linear = root.resolve("linear.safetensors");
        assertThat(done(
                                "evaluate",
                                "linear",
                                weights.toString(),
                                on,
                                "--set=probe-mode=cached",
                                "--set=probe-epochs=2",
                                "--output=" + linear)
                        .out())
                .contains("linear probe: best top-1 ", "classifier: " + linear);
        Path tuned = root.resolve("tuned.safetensors");
        assertThat(done(
                                "evaluate",
                                "semi",
                                weights.toString(),
                                on,
                                "--set=semi-share=0.5",
                                "--set=semi-epochs=1",
                                "--set=semi-schedule=[]",
                                "--output=" + tuned)
                        .out())
                .contains("semi-supervised: best top-1 ");
        for (Path classifier : List.of(linear, tuned)) {
            Path table = root.resolve(classifier.getFileName() + ".csv");
            assertThat(done("classify", classifier.toString(), on, "--output=" + table)
                            .out())
                    .endsWith("36 images, 2 classes: " + table + "\n");
            Path onnx = root.resolve(classifier.getFileName() + ".onnx");
            assertThat(TinyRun.call("export", classifier.toString(), "--format=onnx", "--output=" + onnx)
                            .err())
                    .isEmpty();
        }
        JuxtaProcess.Result clusters = TinyRun.call("evaluate", "clusters", weights.toString(), on);
        assertThat(clusters.err()).hasLineCount(1);
        assertThat(clusters.status()).isEqualTo(ExitStatus.FAILED);
    }

    @Test
    void itFindsPictures() throws IOException {
        Path index = root.resolve("index.safetensors");
        String on = "--data=" + data.resolve("test");
        assertThat(done("embed", weights.toString(), on, "--output=" + index).out())
                .contains("12 embeddings of 192 values");
        String query = Files.list(data.resolve("test/standing"))
                .sorted()
                .findFirst()
                .orElseThrow()
                .toString();
        assertThat(done("search", weights.toString(), on, "--index=" + index, "--query=" + query)
                        .out())
                .contains(Path.of(query).getFileName().toString());
        assertThat(done("duplicates", weights.toString(), on, "--index=" + index, "--above=0.9999")
                        .status())
                .isZero();
    }
}
