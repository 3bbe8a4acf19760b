package io.juxta.cli;

import static io.juxta.cli.TinyDetection.object;
import static io.juxta.cli.TinyDetection.picture;
import static io.juxta.cli.TinyDetection.xml;
import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code detect train}, {@code evaluate} and {@code apply}: what they do, and what they say to what cannot be. */
@Tag("slow")
class DetectTest {
    @TempDir
    static Path root;

    private static Path recipe;
    private static Path data;
    private static Path trained;

    /** A run in a process of its own, that the other tests use. */
    @BeforeAll
    static void train() throws Exception {
        recipe = TinyDetection.recipe(root);
        data = TinyDetection.data(root.resolve("squares"));
        trained = root.resolve("trained");
        JuxtaProcess.Result result =
                JuxtaProcess.run("detect", "train", recipe.toString(), "--quiet", "--data=" + data, "--run=" + trained);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out())
                .contains("6 pictures with 6 objects of 2 classes (green, red)")
                .contains("held out: ")
                .contains("detector: " + trained.resolve("detector.safetensors"));
    }

    private static JuxtaProcess.Result train(Path data, Path run, String... more) {
        List<String> arguments = new ArrayList<>(List.of("detect", "train", recipe.toString(), "--quiet"));
        arguments.addAll(List.of("--data=" + data, "--run=" + run));
        arguments.addAll(List.of(more));
        return TinyRun.call(arguments.toArray(String[]::new));
    }

    private static JuxtaProcess.Result apply(Path detector, Path input, Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of("detect", "apply", detector.toString(), "--quiet"));
        arguments.addAll(List.of("--input=" + input, "--output=" + output, "--device=cpu"));
        arguments.addAll(List.of(more));
        return TinyRun.call(arguments.toArray(String[]::new));
    }

    @Test
    void aDetectorIsJudgedAndUsed() throws Exception {
        JuxtaProcess.Result judged =
                TinyRun.call("detect", "evaluate", trained.toString(), "--quiet", "--metric=coco", "--device=cpu");
        assertThat(judged.err()).isEmpty();
        assertThat(judged.out()).startsWith("AP ").contains("(2 pictures)", "green", "red");
        assertThat(TinyRun.call(
                                "detect",
                                "evaluate",
                                trained.toString(),
                                "--quiet",
                                "--data=" + data,
                                "--device=cpu",
                                "--precision=bfloat16")
                        .out())
                .contains("(2 pictures, bfloat16)");

        Path input = root.resolve("photos");
        picture(input.resolve("deep/a, b.png"), 70, 60, 1);
        picture(input.resolve("line.png"), 1, 5000, 0);
        Files.writeString(input.resolve("broken.png"), "nothing");
        Path output = root.resolve("found");
        JuxtaProcess.Result applied = JuxtaProcess.run(
                "detect",
                "apply",
                trained.toString(),
                "--quiet",
                "--input=" + input,
                "--output=" + output,
                "--least-score=0.05",
                "--device=cpu");
        assertThat(applied.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(applied.err())
                .startsWith("juxta: " + input.resolve("broken.png") + ": ")
                .hasLineCount(1);
        assertThat(applied.out()).contains("in 2 of 3 pictures: " + output.resolve("detections.csv"));
        assertThat(TinyRun.below(output))
                .containsExactlyInAnyOrder(
                        "", "deep", "deep/a, b.png.jpg", "line.png.jpg", "detections.csv", "detections.json");
        assertThat(ImageIO.read(output.resolve("deep/a, b.png.jpg").toFile()).getWidth())
                .isEqualTo(70);
        List<String> rows = Files.readAllLines(output.resolve("detections.csv"));
        assertThat(rows.get(0)).isEqualTo("picture,class,score,x1,y1,x2,y2");
        assertThat(rows.subList(1, rows.size()))
                .allMatch(row -> row.startsWith("\"deep/a, b.png\",") || row.startsWith("line.png,"));

        JuxtaProcess.Result again = apply(trained, input.resolve("line.png"), output);
        assertThat(again.err())
                .isEqualTo("juxta: " + output.resolve("detections.csv")
                        + " is there already: give --overwrite, or another --output\n");
        assertThat(apply(trained, input.resolve("line.png"), output, "--overwrite")
                        .status())
                .isEqualTo(ExitStatus.DONE);
        assertThat(apply(trained, input.resolve("broken.png"), root.resolve("none"))
                        .out())
                .isEqualTo("0 objects in 0 of 1 picture\n");
        assertThat(TinyRun.below(root.resolve("none"))).containsExactly("");
        assertThat(apply(trained, input, input.resolve("found")).err())
                .contains(input.resolve("found").toString())
                .hasLineCount(1);
        assertThat(apply(trained, root.resolve("nowhere"), output).err())
                .contains(root.resolve("nowhere") + " does not exist")
                .hasLineCount(1);
    }

    /** From a run, its file and weights that other programs know, at a rate that changes nothing. */
    @Test
    void aDetectorBeginsFromAnEncoder() throws IOException {
        Path images = TinyRun.images(root.resolve("images"), 16);
        Path photos = root.resolve("encoder");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), images, "--run=" + photos, "--set=stem=imagenet")
                        .err())
                .isEmpty();
        Path exported = root.resolve("published.pth");
        assertThat(TinyRun.call("export", photos.toString(), "--format=torchvision", "--output=" + exported)
                        .err())
                .isEmpty();
        for (Path source : List.of(photos, photos.resolve("encoder.safetensors"), exported)) {
            Path run = root.resolve("from-" + source.getFileName());
            JuxtaProcess.Result begun = train(
                    data, run, "--from=" + source, "--set=lr=1e-9", "--set=weight-decay=0", "--set=judge-every=0");
            assertThat(begun.err()).isEmpty();
            assertThat(begun.out())
                    .contains("begun from ", " tensors taken; proposals and boxes begin with random weights");
            assertThat(Files.readString(run.resolve("recipe.yaml")))
                    .contains("from: ")
                    .containsPattern("from-sha256: [0-9a-f]{64}");
            assertThat(apart(photos, run, "layer1.0.conv1.weight")).isLessThan(1e-6);
            assertThat(apart(photos, run, "layer4.1.conv2.weight")).isLessThan(1e-6);
        }
        assertThat(apart(photos, trained, "layer4.1.conv2.weight")).isGreaterThan(1e-3);

        Path none = root.resolve("refused");
        refused(
                train(data, none, "--from=" + exported, "--set=width=16"),
                exported
                        + ": an encoder resnet18 of width 8, the recipe asks for resnet18 of width 16: --set arch=resnet18"
                        + " --set width=8");
        Path small = root.resolve("small");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), images, "--run=" + small)
                        .err())
                .isEmpty();
        refused(
                train(data, none, "--from=" + small),
                small.resolve("encoder.safetensors")
                        + ": its encoder has the stem for small images (stem cifar), and a detector's features are of"
                        + " stride 16: pre-train one with --set stem=imagenet");
        refused(train(data, none, "--from=" + trained.resolve("detector.safetensors")), "detector.safetensors");
        refused(train(data, none, "--from=" + root.resolve("nothing.pth")), "nothing.pth");
        assertThat(TinyRun.call("detect", "train", "--quiet", "--resume", "--run=" + trained, "--from=" + photos)
                        .err())
                .contains("--from is for a new run");
        assertThat(none).doesNotExist();
        refused(apply(photos.resolve("encoder.safetensors"), data, none), "is no detector");
        assertThat(none).doesNotExist();
    }

    private static double apart(Path encoder, Path detector, String name) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return Objects.requireNonNull(Safetensors.read(encoder.resolve("encoder.safetensors"))
                            .tensors()
                            .get(name))
                    .sub(Objects.requireNonNull(Safetensors.read(detector.resolve("detector.safetensors"))
                            .tensors()
                            .get("backbone." + name)))
                    .abs()
                    .max()
                    .item_double();
        }
    }

    private static void refused(JuxtaProcess.Result said, String why) {
        assertThat(said.err()).contains(why);
        assertThat(said.err().lines()).hasSize(1);
        assertThat(said.status()).isEqualTo(ExitStatus.FAILED);
    }

    @Test
    void boxesAreMendedAndNamed() throws IOException {
        Path odd = root.resolve("odd");
        picture(odd.resolve("train/a.png"), 60, 50, 0);
        Path a = xml(
                odd.resolve("train/a.xml"),
                object("red", 40, 40, 5, 11),
                object("red", -9, 1, 90, 20),
                object("red", 100, 1, 120, 20),
                object("red", 9, 9, 8, 20));
        picture(odd.resolve("train/line.png"), 1, 5000, 0);
        xml(odd.resolve("train/line.xml"), object("red", 1, 1, 1, 5000));
        picture(odd.resolve("train/empty.png"), 60, 50, 0);
        xml(odd.resolve("train/empty.xml"));
        JuxtaProcess.Result result = train(odd, root.resolve("odd-run"));
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out())
                .contains(
                        "1 box upside down or mirrored: corners exchanged (" + a + ")",
                        "1 box beyond the picture's edge: cut off there (" + a + ")",
                        "1 box outside of the picture: left out (" + a + ")",
                        "1 box without width or height: left out (" + a + ")",
                        "1 picture with XML and without an object: nothing to learn there, and nothing to find",
                        "not judged: nothing is held out");
    }

    @Test
    void whatCannotBeLearnedFromIsRefusedInOneLine() throws IOException {
        Path bad = root.resolve("bad");
        Path run = root.resolve("bad-run");
        picture(bad.resolve("train/a.png"), 60, 50, 0);
        Path a = xml(bad.resolve("train/a.xml"));
        refused(train(bad, run), bad + ": no picture has an object to learn from");
        xml(a, object("red", "nan", 1, 20, 20));
        refused(train(bad, run), a + ": object 1 (red) has xmin nan, which is no number");
        xml(a, object("rde", 1, 1, 20, 20));
        refused(train(bad, run, "--set=classes=[red]"), a + ": class rde is none of red");
        refused(
                TinyRun.call("detect", "evaluate", trained.toString(), "--quiet", "--data=" + bad),
                a + ": class rde is none of green, red");
        xml(a, object("red", 1, 1, 20, 20).repeat(100_000));
        refused(train(bad, run), a + ": more than 10000 objects, the limit of a picture: cut it up");
        xml(a, object("red", 1, 1, 20, 20));
        Path twice = xml(bad.resolve("train/annotations/a.xml"), object("red", 1, 1, 20, 20));
        refused(train(bad, run), twice + ": ");
        Files.delete(twice);
        Path lost = xml(bad.resolve("train/lost.xml"), object("red", 1, 1, 20, 20));
        refused(train(bad, run), lost + ": no picture lost beside it: put it there, or take the XML away");
        Files.delete(lost);
        Path json = bad.resolve("annotations/instances_train.json");
        Files.createDirectories(json.getParent());
        Files.writeString(json, "{\"images\": {}}");
        refused(train(bad, run), json + ": not of COCO's shape: \"images\" is no list");
        Files.writeString(json, "{\"images\": [");
        refused(train(bad, run), json + ": no JSON that can be read (line 1: ");
        refused(train(root.resolve("nowhere"), run), root.resolve("nowhere") + ": no such folder");
        JuxtaProcess.Result precision = train(data, run, "--set=precision=float16");
        assertThat(precision.err()).contains("precision float16 needs a GPU").hasLineCount(1);
        assertThat(precision.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        refused(
                train(data, run, "--set=batch-size=4096", "--set=short-sides=[4096]", "--set=longest-side=4096"),
                "this run would take about ");
        assertThat(run).doesNotExist();
    }

    /** The picture is read when it is needed: what is there until then is a run that can be gone on with. */
    @Test
    void aDryRunSaysWhatWouldBe() {
        Path run = root.resolve("dry");
        JuxtaProcess.Result said = train(data, run, "--dry-run", "--set=reference-batch=4");
        assertThat(said.err()).isEmpty();
        assertThat(said.out())
                .contains(
                        "batches of 2 pictures instead of 4: rate 0.005000 instead of 0.01000",
                        "images             6\n",
                        "steps              3 an epoch, 3 in all\n",
                        "memory             about ",
                        "time               about 1 min here, by ");
        assertThat(run).doesNotExist();
    }
}
