package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.data.Datasets;
import io.juxta.data.DrawnShapes;
import io.juxta.data.Split;
import io.juxta.eval.Accuracy;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.eval.neighbours.Knn;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.eval.neighbours.RawPixels;
import io.juxta.eval.probe.LinearProbe;
import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.eval.probe.LinearProbeResult;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Png;
import io.juxta.torch.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Encoders of both methods, trained for a moment on drawn shapes, judged by the command. */
@Tag("slow")
class EvaluateTest {
    /** By chance one in four is right. */
    private static final int CLASSES = 4;

    private static final int TRAIN = 40 * CLASSES;
    private static final int HELD_OUT = 20 * CLASSES;

    @TempDir
    static Path root;

    private static Path data;

    @BeforeAll
    static void train() throws IOException {
        data = root.resolve("shapes");
        draw(data.resolve("train"), 1, TRAIN);
        draw(data.resolve("test"), 2, HELD_OUT);
        Path few = root.resolve("few");
        draw(few, 3, 32);
        Path moco = TinyRun.recipe(root);
        Path swav = Files.writeString(
                root.resolve("swav.yaml"),
                Files.readString(moco)
                                .replace(
                                        "method: moco",
                                        "method: swav\nprototypes: [8]\nhidden-mlp: 16\nfreeze-prototypes: 0")
                                .replaceAll("(?m)^(K|m|dim|bn-groups|image-size): .*\n", "")
                        + "crops: [2]\ncrop-sizes: [16]\ncrop-min-scales: [0.3]\ncrop-max-scales: [1]\n");
        for (Path recipe : List.of(moco, swav)) {
            String name = recipe.equals(moco) ? "moco" : "swav";
            JuxtaProcess.Result run =
                    TinyRun.pretrain(recipe, few, "--set=report-every=0", "--run=" + root.resolve(name));
            assertThat(run.err()).isEmpty();
        }
    }

    private static void draw(Path folder, long seed, int count) throws IOException {
        DrawnShapes shapes = new DrawnShapes(seed, 10 * count / CLASSES, 16);
        for (int i = 0; i < shapes.size(); i++) {
            if (shapes.label(i) >= CLASSES) {
                continue;
            }
            Path of = Files.createDirectories(folder.resolve(shapes.classes().get(shapes.label(i))));
            Files.write(of.resolve(i + ".png"), Png.encode(shapes.image(i)));
        }
    }

    private static JuxtaProcess.Result evaluate(String how, String method, Path on, String... more) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", how));
        arguments.add(root.resolve(method).resolve("encoder.safetensors").toString());
        arguments.addAll(List.of("--device=cpu", "--data=" + on));
        arguments.addAll(Arrays.asList(more));
        return TinyRun.withoutData(TinyRun.call(arguments.toArray(String[]::new)));
    }

    @Test
    void thePrecisionIsSaidAndRefusedInOneLine() {
        for (String how : List.of("knn", "semi", "linear")) {
            String epochs = how.equals("semi") ? "semi-epochs=1" : how.equals("knn") ? "knn-k=5" : "probe-epochs=1";
            List<String> more = new ArrayList<>(List.of("--quiet", "--precision=bfloat16", "--set=" + epochs));
            if (how.equals("semi")) {
                more.addAll(List.of("--set=semi-schedule=[]", "--set=semi-share=0.5"));
            } else if (how.equals("linear")) {
                more.addAll(List.of("--set=probe-schedule=[]", "--set=probe-mode=cached"));
            }
            JuxtaProcess.Result result = evaluate(how, "moco", data, more.toArray(String[]::new));
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains(", bfloat16");
            assertThat(evaluate(how, "moco", data, "--precision=tf32").err())
                    .isEqualTo("juxta: precision tf32 is of GPUs, and the device is cpu: take float32 or bfloat16\n");
        }
    }

    @Test
    void aGivenClassifierIsJudgedAlone() throws IOException {
        Path classifier = root.resolve("classifier.safetensors");
        JuxtaProcess.Result trained = evaluate(
                "linear",
                "moco",
                data,
                "--quiet",
                "--set=probe-mode=cached",
                "--set=probe-epochs=3",
                "--set=probe-bn=true",
                "--out=" + classifier);
        assertThat(trained.err()).isEmpty();
        assertThat(trained.out()).endsWith("\nclassifier: " + classifier + "\n");
        Matcher last = Pattern.compile("last (top-1 .* of 80) \\(epoch 3\\)").matcher(trained.out());
        assertThat(last.find()).as(trained.out()).isTrue();
        Path alone = root.resolve("alone");
        draw(alone.resolve("test"), 2, HELD_OUT);
        JuxtaProcess.Result judged = evaluate("linear", "moco", alone, "--classifier=" + classifier);
        assertThat(judged)
                .isEqualTo(new JuxtaProcess.Result(ExitStatus.DONE, "given classifier: " + last.group(1) + "\n", ""));
        String refused = "juxta: --classifier trains nothing: --set probe-lr=3 would have no effect, leave it out\n";
        assertThat(evaluate("linear", "moco", alone, "--classifier=" + classifier, "--set=probe-lr=3")
                        .err())
                .isEqualTo(refused);
        Path encoder = root.resolve("moco/encoder.safetensors");
        assertThat(evaluate("linear", "moco", alone, "--classifier=" + encoder).err())
                .startsWith("juxta: " + encoder + ": ")
                .hasLineCount(1);
    }

    @Test
    void fineTuningLearnsShapes() {
        JuxtaProcess.Result result = evaluate(
                "semi",
                "moco",
                data,
                "--set=semi-share=0.5",
                "--set=semi-epochs=8",
                "--set=semi-schedule=[6]",
                "--set=semi-batch-size=13",
                "--set=semi-lr=0.01",
                "--set=semi-head-lr=0.02");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        String[] lines = result.out().split("\n");
        assertThat(lines).hasSize(1 + 8 + 1 + 1);
        assertThat(lines[0]).isEqualTo("80 of 160 labels (50.00 %), 20 of each of 4 classes");
        assertThat(lines[6]).startsWith("epoch 6: lr 0.01000, head lr 0.02000, loss ");
        assertThat(lines[7])
                .matches("epoch 7: lr 0\\.002000, head lr 0\\.004000, loss [0-9.]+, train [0-9.]+ %, held out"
                        + " [0-9.]+ %");
        assertThat(lines[9])
                .startsWith("semi-supervised: best top-1 ")
                .endsWith("; fine-tuned on 80 labels, lr 0.01, head lr 0.02");
        Matcher last =
                Pattern.compile("last top-1 ([0-9.]+) %, top-5 100.00 % of 80 ").matcher(lines[9]);
        assertThat(last.find()).as(lines[9]).isTrue();
        assertThat(Double.parseDouble(last.group(1))).isGreaterThan(45);
        assertThat(lines[10])
                .matches("to compare: [0-9.]+ % by the nearest raw pixels \\(16 px\\), 25.00 % by always naming the"
                        + " largest class");
    }

    @Test
    void aSplitIsTakenToAnotherEncoder() throws IOException {
        Path names = root.resolve("names.txt");
        JuxtaProcess.Result one =
                evaluate("semi", "moco", data, "--quiet", "--set=semi-epochs=1", "--set=seed=5", "--out=" + names);
        assertThat(one.err()).isEmpty();
        assertThat(one.out())
                .startsWith("16 of 160 labels (10.00 %), 4 of each of 4 classes\n"
                        + "semi-batch-size 256 becomes 16, the number of labelled images\n"
                        + "semi-supervised: best ")
                .contains("lr 0.01, head lr 0.2\nto compare: ")
                .hasLineCount(4);
        assertThat(Files.readAllLines(names))
                .hasSize(16)
                .allSatisfy(
                        name -> assertThat(data.resolve("train").resolve(name)).exists());
        JuxtaProcess.Result two = evaluate(
                "semi", "swav", data, "--quiet", "--set=semi-epochs=1", "--labels=" + names, "--out=" + names + "2");
        assertThat(two.err()).isEmpty();
        assertThat(two.out()).startsWith("16 of 160 labels (10.00 %), 4 of each of 4 classes\n");
        assertThat(root.resolve("names.txt2")).hasSameTextualContentAs(names);
        Files.write(names, List.of("what.png"), StandardOpenOption.APPEND);
        JuxtaProcess.Result wrong = evaluate("semi", "moco", data, "--labels=" + names);
        assertThat(wrong.err())
                .startsWith("juxta: " + names + " line 17: names 'what.png', which is none of the 160 training images")
                .hasLineCount(1);
        assertThat(wrong.status()).isEqualTo(ExitStatus.FAILED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            semi | --set=semi-share=0 | --set semi-share=0: semi-share 0.0 must be above 0 and at most 1 (0.01 is 1 % of the labels)
            semi | --set=semi-lr=0 | --set semi-lr=0: semi-lr 0.0 must be above 0 and below 1000
            semi | --set=semi-batch-size=1 | --set semi-batch-size=1: semi-batch-size 1 must be at least 2: a batch norm of one image knows nothing
            semi | --set=semi-epoch=1 | --set semi-epoch=1: unknown key 'semi-epoch'; did you mean 'semi-epochs'?
            semi | --set=semi-share=0.1 --labels=x.txt | --labels says which labels are taken, semi-share how many: give one
            linear | --set=probe-protocol=simclr | --set probe-protocol=simclr: probe-protocol: expected one of moco, swav, not 'simclr'
            linear | --set=probe-bn=yes | --set probe-bn=yes: probe-bn: expected true or false, not 'yes'
            """)
    void refusesInOneLine(String how, String arguments, String line) {
        assertThat(evaluate(how, "moco", data, arguments.split(" ")))
                .isEqualTo(new JuxtaProcess.Result(ExitStatus.WRONG_USAGE, "", "juxta: " + line + "\n"));
    }

    @Test
    void refusesDataThatCannotBeJudgedBy() throws IOException {
        Path odd = root.resolve("odd");
        draw(odd.resolve("train"), 1, 8);
        draw(odd.resolve("test"), 2, 8);
        Path circles = odd.resolve("test/circle");
        assertThat(circles).isDirectory();
        Files.move(circles, odd.resolve("test/zircle"));
        for (String how : List.of("knn", "linear", "semi")) {
            assertThat(evaluate(how, "moco", odd))
                    .isEqualTo(new JuxtaProcess.Result(
                            ExitStatus.FAILED,
                            "",
                            "juxta: " + odd + ": class circle has training images and no held-out ones: give it some of"
                                    + " both, or take it out; the nearest held-out class is zircle\n"));
        }
        Path bare = TinyRun.images(root.resolve("bare"), 4).resolve("lying");
        assertThat(evaluate("semi", "moco", bare).err())
                .isEqualTo("juxta: " + bare
                        + " has no classes to judge by: put the images of each class into a folder of their own\n");
    }

    @Test
    void saysWhatTheFolderWasTakenFor() throws IOException {
        String weights = root.resolve("moco/encoder.safetensors").toString();
        JuxtaProcess.Result said = TinyRun.call(
                "evaluate", "knn", weights, "--quiet", "--device=cpu", "--data=" + data, "--set=knn-k=100");
        assertThat(said.err()).isEmpty();
        assertThat(said.out().lines().toList().subList(0, 4))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("data      " + data),
                        line -> assertThat(line)
                                .startsWith("training  train: 160 images in 4 classes (")
                                .contains(" 40, "),
                        line -> assertThat(line)
                                .startsWith("held out  test: 80 images in 4 classes (")
                                .contains(" 20, "),
                        line -> assertThat(line).startsWith("knn-k 100 is above the 40 images that a class has"));
    }

    @Test
    void oneClassIsNoneToJudgeBy() throws IOException {
        Path one = root.resolve("one");
        Files.createDirectories(one.resolve("train"));
        Files.move(TinyRun.images(root.resolve("half"), 4).resolve("lying"), one.resolve("train/lying"));
        assertThat(evaluate("knn", "moco", one))
                .isEqualTo(new JuxtaProcess.Result(
                        ExitStatus.FAILED,
                        "",
                        "juxta: " + one.resolve("train") + " has no class but lying, and every accuracy would be 100 %:"
                                + " give it at least two\n"));
    }

    /** By hand: the training images are the bank, and the held-out ones are asked for. */
    @Test
    void nearestNeighboursAreThoseOfTheBank() throws IOException {
        JuxtaProcess.Result said =
                evaluate("knn", "moco", data, "--quiet", "--set=knn-k=7", "--set=knn-layer=backbone");
        assertThat(said.err()).isEmpty();
        FeatureOptions unit = FeatureOptions.of(Layer.BACKBONE, FeatureOptions.Length.UNIT);
        try (PointerScope scope = new PointerScope()) {
            TrainedEncoder encoder = TrainedEncoder.read(root.resolve("moco"), new Device("cpu"), Precision.FLOAT32);
            Features bank =
                    Features.of(encoder.network(), Datasets.open(data, Split.TRAIN), encoder.evaluation(), unit);
            Features asked =
                    Features.of(encoder.network(), Datasets.open(data, Split.TEST), encoder.evaluation(), unit);
            KnnOptions knn = new KnnOptions(7, 0.1, Layer.BACKBONE);
            Accuracy expected = Knn.evaluate(asked.values(), asked.labels(), bank.values(), bank.labels(), knn);
            assertThat(expected.count()).isEqualTo(HELD_OUT);
            assertThat(said.out())
                    .startsWith("kNN " + expected + " (k 7, T 0.1, backbone features, " + TRAIN
                            + " in the bank; as asked)\n");
            KnnOptions own = new KnnOptions(5, 0.1, Layer.HEAD);
            FeatureOptions head = FeatureOptions.of(Layer.HEAD, FeatureOptions.Length.UNIT);
            Features ownBank =
                    Features.of(encoder.network(), Datasets.open(data, Split.TRAIN), encoder.evaluation(), head);
            Features ownAsked =
                    Features.of(encoder.network(), Datasets.open(data, Split.TEST), encoder.evaluation(), head);
            Accuracy asRun =
                    Knn.evaluate(ownAsked.values(), ownAsked.labels(), ownBank.values(), ownBank.labels(), own);
            Accuracy pixels = RawPixels.knn(
                    Datasets.open(data, Split.TRAIN), Datasets.open(data, Split.TEST), encoder.evaluation(), own);
            String[] lines = evaluate("knn", "moco", data).out().split("\n");
            assertThat(lines).hasSize(2);
            assertThat(lines[0])
                    .isEqualTo("kNN " + asRun + " (k 5, T 0.1, head features, " + TRAIN
                            + " in the bank; its run's own settings)");
            assertThat(lines[1])
                    .matches("to compare: [0-9.]+ % by the untrained encoder, [0-9.]+ % by the nearest raw pixels"
                            + " \\(16 px\\), 25.00 % by always naming the largest class")
                    .contains(String.format(Locale.ROOT, "encoder, %.2f %% by the nearest", pixels.top1()));
        }
    }

    /** An encoder is judged by the protocol of its own method's program, unless another is asked for. */
    @Test
    void aProbeFollowsItsMethod() {
        String[] quick = {"--set=probe-epochs=1", "--set=probe-mode=cached"};
        assertThat(evaluate("linear", "moco", data, quick).out()).contains("lr 30.00,");
        assertThat(evaluate("linear", "swav", data, quick).out()).contains("lr 0.3000,");
        String[] other = {"--set=probe-epochs=1", "--set=probe-mode=cached", "--set=probe-protocol=moco"};
        assertThat(evaluate("linear", "swav", data, other).out()).contains("lr 30.00,");
    }

    /** In mode augmented the classifier sees crops and flips, in mode cached the plain images. */
    @ParameterizedTest
    @EnumSource(LinearProbeOptions.Mode.class)
    void theProbeSeesTheImagesOfItsMode(LinearProbeOptions.Mode mode) throws IOException {
        List<String> options = List.of(
                "probe-epochs=2",
                "probe-batch-size=32",
                "probe-mode=" + mode.name().toLowerCase(Locale.ROOT));
        JuxtaProcess.Result said = evaluate(
                "linear",
                "moco",
                data,
                options.stream().map(each -> "--set=" + each).toArray(String[]::new));
        assertThat(said.err()).isEmpty();
        List<String> expected = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            TrainedEncoder encoder = TrainedEncoder.read(root.resolve("moco"), new Device("cpu"), Precision.FLOAT32);
            LinearProbeResult result = LinearProbe.run(
                    encoder.network(),
                    Datasets.open(data, Split.TRAIN),
                    mode == LinearProbeOptions.Mode.CACHED ? encoder.evaluation() : encoder.linearTrain(),
                    Datasets.open(data, Split.TEST),
                    encoder.evaluation(),
                    LinearProbeOptions.of(options),
                    epoch -> expected.add(String.format(Locale.ROOT, "loss %.4f", epoch.loss())));
            expected.add(result.toString());
            expected.add("to compare: ");
        }
        String[] lines = said.out().split("\n");
        assertThat(lines).hasSameSizeAs(expected);
        for (int i = 0; i < lines.length; i++) {
            assertThat(lines[i]).contains(expected.get(i));
        }
    }

    @Test
    void probesBySwavsProtocol() {
        JuxtaProcess.Result result = evaluate(
                "linear",
                "swav",
                data,
                "--set=probe-protocol=swav",
                "--set=probe-epochs=2",
                "--set=probe-bn=true",
                "--set=probe-batch-size=53");
        assertThat(result.err()).isEmpty();
        String[] lines = result.out().split("\n");
        assertThat(lines).hasSize(4);
        assertThat(lines[0]).startsWith("epoch 1: lr 0.3000, loss ");
        assertThat(lines[1]).startsWith("epoch 2: lr 0.1500, loss ");
        assertThat(lines[2])
                .startsWith("linear probe: best ")
                .endsWith("; SwAV's protocol: augmented training images; batch norm before the classifier");
        assertThat(lines[3]).startsWith("to compare: ").contains("raw pixels");
    }
}
