package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.Pretraining;
import io.juxta.runs.Run;
import io.juxta.train.Position;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tiny runs of MoCo for tests to look at: images, a recipe, and a run of two epochs that nothing disturbed, made once for
 * each class of tests.
 */
abstract class TinyRuns {
    static final int IMAGES = 24;
    static final int STEPS = IMAGES / 8;
    static final List<String> FINISHED = List.of(
            "",
            ".lock",
            "checkpoints",
            "checkpoints/best.safetensors",
            "checkpoints/last.safetensors",
            "checkpoints/previous.safetensors",
            "encoder.safetensors",
            "events.jsonl",
            "events.out.tfevents",
            "images.tsv.gz",
            "metrics.csv",
            "projector",
            "projector/metadata.tsv",
            "projector/sprite.png",
            "projector/tensors.tsv",
            "projector_config.pbtxt",
            "recipe.yaml",
            "report.html",
            "snapshots",
            "snapshots/epoch-0.json",
            "snapshots/epoch-1.json",
            "snapshots/epoch-2.json",
            "snapshots/origin.json",
            "snapshots/sample.json",
            "snapshots/thumbnails.jpg",
            "snapshots/views.jpg");
    static final List<String> TWO_EPOCHS = List.of("epochs=2", "knn-every=1");

    @TempDir
    static Path root;

    static Path recipe;
    static Path data;
    /** A run of two epochs that nothing disturbed. */
    static Path whole;

    static JuxtaProcess.Result wholeSaid;

    @BeforeAll
    static void draw() throws IOException {
        recipe = TinyRun.recipe(root);
        data = root.resolve("set");
        TinyRun.images(data.resolve("train"), IMAGES);
        TinyRun.images(data.resolve("test"), 6);
        whole = root.resolve("whole");
        wholeSaid = pretrain(whole, TWO_EPOCHS);
        assertThat(wholeSaid.err()).isEmpty();
        assertThat(wholeSaid.status()).isEqualTo(ExitStatus.DONE);
    }

    static JuxtaProcess.Result pretrain(Path run, List<String> overrides, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--run", run.toString()));
        overrides.forEach(override -> arguments.addAll(List.of("--set", override)));
        arguments.addAll(List.of(more));
        return TinyRun.pretrain(recipe, data, arguments.toArray(String[]::new));
    }

    /** The command without its shell, so that a test can act between two steps. */
    static boolean train(Path images, Path run, List<String> overrides, BooleanSupplier stop) throws IOException {
        return finished(Pretraining.by(Recipe.read(recipe).with(overrides))
                .on(images)
                .into(run)
                .stopWhen(stop)
                .start());
    }

    /** Waits, and tells whether the last epoch was reached. */
    static boolean finished(Run run) throws IOException {
        try {
            return run.await().finished();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows of metrics.csv without what depends on the clock and the machine. */
    static List<String> rows(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.csv")).stream()
                .map(row -> row.split(",", -1))
                .map(cells -> String.join(",", Arrays.asList(cells).subList(0, 5)) + ","
                        + String.join(",", Arrays.asList(cells).subList(9, cells.length)))
                .toList();
    }

    static byte[] tensors(Path safetensors) throws IOException {
        byte[] bytes = Files.readAllBytes(safetensors);
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(bytes, (int) (8 + header), bytes.length);
    }

    static Position positionIn(Path run) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return Checkpoint.read(run.resolve("checkpoints/last.safetensors")).position();
        }
    }

    static int epochsIn(Path run) throws IOException {
        return positionIn(run).epoch();
    }

    /** Says no as often as asked before that many steps, and then yes. */
    static BooleanSupplier after(int steps) {
        AtomicInteger asked = new AtomicInteger();
        // once before each step, once more at the end of each epoch
        return () -> asked.incrementAndGet() > steps + steps / STEPS;
    }

    static void assertSameRun(Path run) throws IOException {
        assertSame(whole, run);
    }

    private static void assertSame(Path whole, Path run) throws IOException {
        assertThat(run.resolve("encoder.safetensors")).hasSameBinaryContentAs(whole.resolve("encoder.safetensors"));
        assertThat(tensors(run.resolve("checkpoints/last.safetensors")))
                .isEqualTo(tensors(whole.resolve("checkpoints/last.safetensors")));
        assertThat(rows(run)).isEqualTo(rows(whole));
    }

    /**
     * A run that was stopped behind the first step of its second epoch goes on to the same bits as one that nothing disturbed, and
     * what is delivered is judged as it is.
     */
    static void assertGoesOnTo(Path whole, Path run, Path data) throws IOException {
        JuxtaProcess.Result resumed = TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + data);
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out()).contains("resumed after 1 epoch and 1 step");
        assertSame(whole, run);
        for (String weights : new String[] {"encoder.safetensors", "checkpoints/last.safetensors"}) {
            JuxtaProcess.Result judged = TinyRun.call(
                    "evaluate", "knn", whole.resolve(weights).toString(), "--data=" + data, "--set=knn-k=5", "--quiet");
            assertThat(judged.err()).isEmpty();
            assertThat(TinyRun.withoutData(judged).out()).startsWith("kNN ");
        }
    }
}
