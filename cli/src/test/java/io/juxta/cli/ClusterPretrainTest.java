package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.Pretraining;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny runs of SwAV and DeepCluster-v2 from recipe to encoder, with two sizes of crops. */
@Tag("slow")
class ClusterPretrainTest {
    private static final int IMAGES = 26;
    private static final int STEPS = IMAGES / 8;
    private static final String COMMON = TinyRun.CLUSTERS + """
            epochs: 2
            lr-updates: iteration
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
        recipe(root, "swav");
        recipe(root, "deepcluster");
    }

    /** Writes the recipe of a tiny run of either method into a folder. */
    static Path recipe(Path folder, String method) throws IOException {
        String own = method.equals("swav")
                ? "prototypes: [6]\nqueue-length: 12\nepoch-queue-starts: 0\nfreeze-prototypes: 2\n"
                : "prototypes: [6, 5, 4]\n";
        return Files.writeString(folder.resolve(method + ".yaml"), "method: " + method + "\n" + own + COMMON);
    }

    private static JuxtaProcess.Result pretrain(String method, Path run, String... more) {
        String[] arguments = new String[more.length + 1];
        arguments[0] = "--run=" + run;
        System.arraycopy(more, 0, arguments, 1, more.length);
        return TinyRun.pretrain(root.resolve(method + ".yaml"), data, arguments);
    }

    private static boolean train(String method, Path run, BooleanSupplier stop) throws IOException {
        Recipe recipe = Recipe.read(root.resolve(method + ".yaml"));
        return TinyRuns.finished(
                Pretraining.by(recipe).on(data).into(run).stopWhen(stop).start());
    }

    /** Says no as often as asked before that many steps and those of a pass before them, and then yes. */
    private static BooleanSupplier after(String method, int steps) {
        AtomicInteger asked = new AtomicInteger();
        int pass = method.equals("swav") ? 0 : STEPS;
        return () -> asked.incrementAndGet() > pass + steps + steps / STEPS;
    }

    @ParameterizedTest
    @ValueSource(strings = {"swav", "deepcluster"})
    void aRunResumesAfterAnyOfItsSteps(String method) throws IOException {
        Path whole = root.resolve(method);
        JuxtaProcess.Result said = pretrain(method, whole);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        assertThat(said.out()).contains("kNN before training", "epoch 2/2: loss", "agreement", "encoder: " + whole);
        assertThat(TinyRuns.rows(whole)).hasSize(4);
        assertThat(Files.readString(whole.resolve("events.jsonl")))
                .contains("\"prototype_entropy\":", "\"dead_prototypes\":", "\"event\":\"health\"")
                .matches(events -> events.contains("\"sharpness\":") == method.equals("swav"));
        assertThat(Files.readString(whole.resolve("report.html")))
                .as("ln 6; the mean of ln 6, ln 5 and ln 4")
                .contains("knows nothing: " + (method.equals("swav") ? "1.79" : "1.60"));
        for (String weights : List.of("encoder.safetensors", "checkpoints/last.safetensors")) {
            JuxtaProcess.Result judged = TinyRun.call(
                    "evaluate",
                    "knn",
                    whole.resolve(weights).toString(),
                    "--data=" + data,
                    "--set",
                    "knn-k=5",
                    "--quiet");
            assertThat(judged.err()).isEmpty();
            assertThat(TinyRun.withoutData(judged).out()).startsWith("kNN ");
        }
        for (int steps = 1; steps < 2 * STEPS; steps++) {
            Path run = root.resolve(method + steps);
            assertThat(train(method, run, after(method, steps))).isFalse();
            JuxtaProcess.Result resumed =
                    TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + data);
            assertThat(resumed.err()).isEmpty();
            assertThat(resumed.out())
                    .contains(
                            steps < STEPS
                                    ? "resumed after 0 epochs and " + steps
                                    : steps == STEPS ? "resumed after 1 epoch\n" : "resumed after 1 epoch and");
            assertThat(run.resolve("encoder.safetensors")).hasSameBinaryContentAs(whole.resolve("encoder.safetensors"));
            assertThat(TinyRuns.tensors(run.resolve("checkpoints/last.safetensors")))
                    .isEqualTo(TinyRuns.tensors(whole.resolve("checkpoints/last.safetensors")));
            assertThat(TinyRuns.rows(run)).isEqualTo(TinyRuns.rows(whole));
        }
    }

    /** The images are seen once before the first step: a run that is stopped then has learned nothing. */
    @Test
    void aRunStoppedBeforeItsFirstStepKeepsNothing() throws IOException {
        Path run = root.resolve("early");
        AtomicInteger asked = new AtomicInteger();
        assertThat(train("deepcluster", run, () -> asked.incrementAndGet() > 1)).isFalse();
        assertThat(run).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            swav | prototypes=[27] | prototypes [27] are more than the images, 26: a prototype needs images of its own; set at most 26
            deepcluster | prototypes=[3, 25] | prototypes [3, 25] are more than the memory bank holds, 24 images in whole batches of 8: set at most 24
            swav | queue-length=7 | ~/swav.yaml: queue-length 7 is below batch-size 8: make it at least as long, or 0 for no queue
            swav | epsilon=0 | --set epsilon=0: epsilon 0.0 must be above 0 and at most 10 (0.05 is the paper's)
            swav | crops-for-assign=[3] | --set crops-for-assign=[3]: crops-for-assign [3] must be different numbers from 0 to 2, for crops are [2, 1]
            deepcluster | crop-min-scales=[0.3, 0.4] | --set crop-min-scales=[0.3, 0.4]: crop-min-scales [0.3, 0.4] must be above 0 and at most crop-max-scales [1.0, 0.3], and those at most 1
            swav | batch-size=1 | ~/swav.yaml: batch-size 1 must be at least 2: a batch norm of one image knows nothing
            deepcluster | kmeans-iteration=3 | --set kmeans-iteration=3: unknown key 'kmeans-iteration'; did you mean 'kmeans-iterations'?
            """)
    void refusesInOneLine(String method, String override, String line) throws IOException {
        Path run = root.resolve("refused");
        JuxtaProcess.Result result = pretrain(method, run, "--set", override);
        assertThat(result.err()).isEqualTo("juxta: " + line.replace("~", root.toString()) + "\n");
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
        assertThat(run).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"swav", "deepcluster"})
    void aDryRunSaysWhatItWouldTake(String method) {
        JuxtaProcess.Result result = pretrain(method, root.resolve("dry"), "--dry-run");
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("method: " + method, "steps              3 an epoch, 6 in all")
                .containsPattern("parameters +\\d[\\d,]+ in the encoder")
                .containsPattern("memory +about \\d+ MiB");
        assertThat(root.resolve("dry")).doesNotExist();
    }
}
