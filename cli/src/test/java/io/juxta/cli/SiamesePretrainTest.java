package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.Pretraining;
import io.juxta.siamese.SiameseRecipe;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiny runs of the methods that compare two views, from recipe to encoder; a method that is added is run here too. */
@Tag("slow")
class SiamesePretrainTest {
    private static final int IMAGES = 26;
    private static final int STEPS = IMAGES / 8;
    private static final Set<String> PREDICTING = Set.of("simsiam", "byol", "moco-v3");
    private static final String COMMON = """
            arch: resnet18
            stem: cifar
            width: 8
            projector: [16, 8]
            augmentations: [byol-1, byol-2]
            image-size: 16
            normalization: cifar10
            epochs: 2
            batch-size: 8
            lr: 0.1
            warmup-epochs: 1
            optimizer: sgd
            device: cpu
            threads: 1
            loader-threads: 1
            knn-k: 5
            knn-every: 1
            """;

    @TempDir
    static Path root;

    private static Path data;

    @BeforeAll
    static void draw() throws IOException {
        data = root.resolve("set");
        TinyRun.images(data.resolve("train"), IMAGES);
        TinyRun.images(data.resolve("test"), 6);
        for (String method : SiameseRecipe.METHODS.keySet()) {
            recipe(root, method);
        }
    }

    /** Writes the recipe of a tiny run of a method into a folder. */
    static Path recipe(Path folder, String method) throws IOException {
        String own = PREDICTING.contains(method) ? "predictor: [6, 8]\n" : "";
        return Files.writeString(folder.resolve(method + ".yaml"), "method: " + method + "\n" + own + COMMON);
    }

    static Set<String> methods() {
        return SiameseRecipe.METHODS.keySet();
    }

    private static BooleanSupplier after(int steps) {
        AtomicInteger asked = new AtomicInteger();
        return () -> asked.incrementAndGet() > steps + steps / STEPS;
    }

    /** The whole run by the command; then one that is stopped in its second epoch, and goes on to the same bits. */
    @ParameterizedTest
    @MethodSource("methods")
    void aRunResumesToTheSameBits(String method) throws IOException {
        Path recipe = root.resolve(method + ".yaml");
        Path whole = root.resolve(method);
        JuxtaProcess.Result said = TinyRun.pretrain(recipe, data, "--run=" + whole);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        assertThat(said.out()).contains("kNN before training", "epoch 2/2: loss", "encoder: " + whole);

        Path run = root.resolve(method + "-stopped");
        assertThat(TinyRuns.finished(Pretraining.by(Recipe.read(recipe))
                        .on(data)
                        .into(run)
                        .stopWhen(after(STEPS + 1))
                        .start()))
                .isFalse();
        JuxtaProcess.Result resumed = TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + data);
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out()).contains("resumed after 1 epoch and 1 step");
        assertThat(run.resolve("encoder.safetensors")).hasSameBinaryContentAs(whole.resolve("encoder.safetensors"));
        assertThat(TinyRuns.tensors(run.resolve("checkpoints/last.safetensors")))
                .isEqualTo(TinyRuns.tensors(whole.resolve("checkpoints/last.safetensors")));
        assertThat(TinyRuns.rows(run)).isEqualTo(TinyRuns.rows(whole));

        for (String weights : new String[] {"encoder.safetensors", "checkpoints/last.safetensors"}) {
            JuxtaProcess.Result judged = TinyRun.call(
                    "evaluate", "knn", whole.resolve(weights).toString(), "--data=" + data, "--set=knn-k=5", "--quiet");
            assertThat(judged.err()).isEmpty();
            assertThat(TinyRun.withoutData(judged).out()).startsWith("kNN ");
        }
    }

    @Test
    void methodsAreListed() {
        JuxtaProcess.Result listed = TinyRun.call("methods");
        assertThat(listed.status()).isEqualTo(ExitStatus.DONE);
        assertThat(listed.out()).contains("simclr: SimCLR (Chen et al. 2020)\n", "    begin with folder/simclr\n");
        assertThat(listed.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(TinyRun.call("methods", "--markdown").out()).startsWith("| method | key | paper |");
    }

    @Test
    void aProjectorIsNoOnnx() throws IOException {
        Path run = root.resolve("exported");
        assertThat(TinyRun.pretrain(root.resolve("simclr.yaml"), data, "--run=" + run, "--set=epochs=1")
                        .err())
                .isEmpty();
        Path out = root.resolve("encoder.onnx");
        JuxtaProcess.Result refused =
                TinyRun.call("export", run.toString(), "--format=onnx", "--head", "--output=" + out);
        assertThat(refused.err())
                .contains("a projector is not to be had as onnx: export the feature instead, without --head");
        assertThat(TinyRun.call("export", run.toString(), "--format=onnx", "--output=" + out)
                        .status())
                .isEqualTo(ExitStatus.DONE);
    }
}
