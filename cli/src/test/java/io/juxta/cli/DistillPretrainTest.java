package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Encoder;
import io.juxta.runs.Pretraining;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiny runs of distillation, from teacher to encoder. */
@Tag("slow")
class DistillPretrainTest {
    private static final int IMAGES = 26;
    private static final int STEPS = IMAGES / 8;

    @TempDir
    static Path root;

    private static Path data;
    private static Path teacher;

    @BeforeAll
    static void draw() throws IOException {
        data = root.resolve("set");
        TinyRun.images(data.resolve("train"), IMAGES);
        TinyRun.images(data.resolve("test"), 6);
        teacher = root.resolve("teacher");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), data, "--run=" + teacher)
                        .err())
                .isEmpty();
    }

    /** Writes the recipe of a tiny run into a folder. */
    static Path recipe(Path folder, String loss, String views) throws IOException {
        String text = """
                method: distill
                arch: resnet18
                stem: cifar
                width: 8
                loss: %s
                teacher-views: %s
                K: 16
                augmentation: cifar-notebook
                image-size: 16
                normalization: cifar10
                epochs: 2
                batch-size: 8
                lr: 0.1
                device: cpu
                threads: 1
                loader-threads: 1
                knn-k: 5
                knn-every: 1
                """;
        return Files.writeString(folder.resolve(loss + "-" + views + ".yaml"), text.formatted(loss, views));
    }

    /** Begins a run that ends behind the first step of its second epoch. */
    private static void stopped(Path recipe, Path run) throws IOException {
        assertThat(TinyRuns.finished(Pretraining.by(Recipe.read(recipe))
                        .on(data)
                        .taughtBy(teacher)
                        .into(run)
                        .stopWhen(TinyRuns.after(STEPS + 1))
                        .start()))
                .isFalse();
    }

    /**
     * The whole run by the command; then one that is stopped in its second epoch, and goes on to the same bits; what it
     * delivers is an encoder like every other.
     */
    @ParameterizedTest
    @CsvSource({"seed, each", "seed, once", "regression, once"})
    void aRunResumesToTheSameBits(String loss, String views) throws IOException {
        Path recipe = recipe(root, loss, views);
        Path whole = root.resolve(loss + "-" + views);
        JuxtaProcess.Result said = TinyRun.pretrain(recipe, data, "--run=" + whole, "--teacher=" + teacher);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        assertThat(said.out())
                .contains(
                        "taught by " + teacher.resolve("encoder.safetensors") + ", 16 values, which sees every",
                        "kNN before training",
                        "epoch 2/2: loss",
                        "encoder: " + whole);
        assertThat(Files.readString(whole.resolve("recipe.yaml")))
                .contains("teacher: " + teacher.resolve("encoder.safetensors"), "dim: 16\n")
                .containsPattern("teacher-sha256: [0-9a-f]{64}\n");
        assertThat(Safetensors.metadata(whole.resolve("encoder.safetensors")).get("recipe"))
                .containsPattern("teacher-sha256: [0-9a-f]{64}\n");
        assertThat(whole.resolve("report.html")).content().contains("teacher-sha256");

        Path run = root.resolve(loss + "-" + views + "-stopped");
        stopped(recipe, run);
        TinyRuns.assertGoesOnTo(whole, run, data);
    }

    /** A student's encoder is embedded with, exported, and begun from, and can teach in its turn. */
    @Test
    void whatItDeliversIsAnEncoderLikeEveryOther() throws IOException {
        Path student = root.resolve("student");
        assertThat(TinyRun.pretrain(
                                recipe(root, "seed", "each"),
                                data,
                                "--run=" + student,
                                "--set=teacher=" + teacher,
                                "--set=epochs=1")
                        .err())
                .isEmpty();
        try (Encoder encoder = Encoder.load(student)) {
            Path image = data.resolve("test/lying/1001.png");
            assertThat(encoder.embed(ImageIO.read(image.toFile()))).hasSize(64);
        }
        Path exported = root.resolve("student.pth");
        assertThat(TinyRun.call("export", student.toString(), "--format=torchvision", "--output=" + exported)
                        .err())
                .isEmpty();
        // what it was taught by the exported file, the feature of a student without a head
        Path third = root.resolve("third");
        JuxtaProcess.Result taught = TinyRun.pretrain(
                recipe(root, "regression", "each"),
                data,
                "--run=" + third,
                "--teacher=" + exported,
                "--from=" + student,
                "--set=freeze-stages=1",
                "--set=epochs=1");
        assertThat(taught.err()).isEmpty();
        assertThat(taught.out()).contains("taught by " + exported + ", 64 values", "begun from " + student);
    }

    /**
     * A vision transformer, some of whose branches are left out, learns from a residual network; it resumes to the same bits too, and
     * goes where vision transformers go.
     */
    @Test
    void aTransformerIsTaught() throws IOException {
        Path recipe = recipe(root, "seed", "each");
        String text = Files.readString(recipe)
                .replace("arch: resnet18\nstem: cifar\nwidth: 8\n", "arch: vit_tiny\npatch-size: 8\ndrop-path: 0.1\n")
                .replace("lr: 0.1\n", "optimizer: adamw\nlr: 0.001\nweight-decay: 0.05\n")
                .replace("knn-every: 1\n", "knn-every: 0\n");
        Path transformer = Files.writeString(root.resolve("vit.yaml"), text);
        Path whole = root.resolve("vit");
        JuxtaProcess.Result said = TinyRun.pretrain(transformer, data, "--run=" + whole, "--teacher=" + teacher);
        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains("vit_tiny", "taught by " + teacher, "epoch 2/2: loss");
        Path run = root.resolve("vit-stopped");
        stopped(transformer, run);
        TinyRuns.assertGoesOnTo(whole, run, data);

        try (Encoder encoder = Encoder.load(whole)) {
            Path image = data.resolve("test/lying/1001.png");
            assertThat(encoder.embed(ImageIO.read(image.toFile()))).hasSize(192);
        }
        for (String format : new String[] {"onnx --head", "timm"}) {
            Path out = root.resolve("vit." + format.replace(" --", "-"));
            List<String> words = new ArrayList<>(List.of("export", whole.toString(), "--output=" + out));
            words.addAll(List.of(("--format=" + format).split(" ")));
            JuxtaProcess.Result exported = TinyRun.call(words.toArray(String[]::new));
            assertThat(exported.err()).isEmpty();
            assertThat(exported.status()).isEqualTo(ExitStatus.DONE);
        }
    }

    /** Where a file is may change when a run goes on; which file it is may not. */
    @Test
    void aTeacherThatWasMovedIsFoundAgain() throws IOException {
        Path moved = Files.copy(teacher.resolve("encoder.safetensors"), root.resolve("moved.safetensors"));
        Path run = root.resolve("moving");
        Path recipe = recipe(root, "seed", "each");
        assertThat(TinyRun.pretrain(recipe, data, "--run=" + run, "--teacher=" + moved, "--set=epochs=1")
                        .err())
                .isEmpty();
        Path now = Files.move(moved, root.resolve("now.safetensors"));
        String[] on = {"pretrain", "--quiet", "--resume", "--run=" + run, "--set=epochs=2"};
        refused(TinyRun.call(on), ExitStatus.FAILED, "cannot read " + moved + ": there is no such file or folder");
        Path other = root.resolve("other");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), data, "--run=" + other, "--set=seed=3")
                        .err())
                .isEmpty();
        refused(
                TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--set=epochs=2", "--teacher=" + other),
                ExitStatus.FAILED,
                "teacher-sha256");
        JuxtaProcess.Result resumed = TinyRun.call(
                "pretrain",
                recipe.toString(),
                "--quiet",
                "--resume",
                "--run=" + run,
                "--set=epochs=2",
                "--teacher=" + now);
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out()).contains("resumed after 1 epoch", "taught by " + now, "epoch 2/2");
    }

    @Test
    void teachersThatAreNone() throws IOException {
        Path recipe = recipe(root, "seed", "each");
        Path run = root.resolve("refused");
        refused(
                TinyRun.pretrain(recipe, data, "--run=" + run),
                ExitStatus.WRONG_USAGE,
                "teacher none: say --teacher WEIGHTS, a run or weights that juxta import knows, or name them in the recipe");
        refused(
                TinyRun.pretrain(recipe, data, "--run=" + run, "--teacher=" + root.resolve("nobody.pth")),
                ExitStatus.FAILED,
                "nobody.pth: there is no such file or folder");
        Path text = Files.writeString(root.resolve("text.pth"), "no weights");
        refused(
                TinyRun.pretrain(recipe, data, "--run=" + run, "--teacher=" + text),
                ExitStatus.FAILED,
                "is text, no weights");
        refused(
                TinyRun.pretrain(recipe, data, "--run=" + run, "--teacher=" + root),
                ExitStatus.FAILED,
                "holds neither encoder.safetensors nor");
        refused(
                TinyRun.pretrain(TinyRun.recipe(root), data, "--run=" + run, "--teacher=" + teacher),
                ExitStatus.WRONG_USAGE,
                "--teacher is for method distill, and this recipe's is moco: take cifar10/distill-cpu or folder/distill, or"
                        + " leave it out");
        refused(
                TinyRun.pretrain(recipe, data, "--run=" + teacher, "--teacher=" + teacher),
                ExitStatus.WRONG_USAGE,
                "lies in the run's own folder, " + teacher
                        + ", and no student teaches itself: give other weights, or another --run");
        assertThat(run).doesNotExist();
    }

    /** As another process would hold it. */
    @Test
    void aTeacherThatStillTrains() throws Exception {
        Path run = root.resolve("while-it-trains");
        Path busy = root.resolve("busy");
        Files.createDirectories(busy.resolve("checkpoints"));
        Files.copy(teacher.resolve("encoder.safetensors"), busy.resolve("encoder.safetensors"));
        Files.copy(teacher.resolve("checkpoints/last.safetensors"), busy.resolve("checkpoints/last.safetensors"));
        Process other = JuxtaProcess.builder(
                        Holding.class, busy.resolve(".lock").toString())
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            for (String weights : new String[] {"", "checkpoints/last.safetensors"}) {
                refused(
                        TinyRun.pretrain(
                                recipe(root, "seed", "each"),
                                data,
                                "--run=" + run,
                                "--teacher=" + busy.resolve(weights)),
                        ExitStatus.FAILED,
                        "is of a run that still trains, and will change: wait until that ends, or copy the file elsewhere");
            }
        } finally {
            other.destroyForcibly();
            other.waitFor();
        }
    }

    /** Holds a run's folder as a run does, until it is ended. */
    static final class Holding {
        private Holding() {}

        public static void main(String[] arguments) throws IOException {
            try (FileChannel channel = FileChannel.open(
                            Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock(0, 1, false)) {
                System.out.println(lock.isValid() ? "held" : "");
                System.in.read();
            }
        }
    }

    private static void refused(JuxtaProcess.Result said, int status, String why) {
        assertThat(said.err()).contains(why).hasLineCount(1);
        assertThat(said.status()).isEqualTo(status);
    }
}
