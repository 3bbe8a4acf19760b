package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Classification;
import io.juxta.Classifier;
import io.juxta.data.DrawnShapes;
import io.juxta.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an encoder to named pictures: {@code evaluate linear} and {@code semi} with {@code --output}, then {@code classify}. */
@Tag("slow")
class ClassifyTest {
    private static final int CLASSES = 3;
    private static final int HELD_OUT = 12 * CLASSES;

    @TempDir
    static Path root;

    private static Path data;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        data = root.resolve("shapes");
        draw(data.resolve("train"), 1, 20 * CLASSES);
        draw(data.resolve("test"), 2, HELD_OUT);
        run = root.resolve("run");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), data, "--set=report-every=0", "--run=" + run)
                        .err())
                .isEmpty();
    }

    private static void draw(Path folder, long seed, int count) throws IOException {
        DrawnShapes shapes = new DrawnShapes(seed, 10 * count / CLASSES, 16);
        for (int i = 0; i < shapes.size(); i++) {
            if (shapes.label(i) < CLASSES) {
                Path of =
                        Files.createDirectories(folder.resolve(shapes.classes().get(shapes.label(i))));
                Files.write(of.resolve(i + ".png"), Png.encode(shapes.image(i)));
            }
        }
    }

    private static JuxtaProcess.Result linear(Path on, Path output, String... more) {
        return TinyRun.call(Stream.concat(
                        Stream.of(
                                "evaluate",
                                "linear",
                                run.toString(),
                                "--quiet",
                                "--device=cpu",
                                "--data=" + on,
                                "--set=probe-mode=cached",
                                "--set=probe-epochs=3",
                                "--output=" + output),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void whatIsWrittenNamesPicturesAsItWasJudged() throws IOException {
        Path semi = root.resolve("semi.safetensors");
        Path linear = root.resolve("linear.safetensors");
        JuxtaProcess.Result probed = linear(data, linear);
        JuxtaProcess.Result tuned = TinyRun.call(
                "evaluate",
                "semi",
                run.toString(),
                "--quiet",
                "--device=cpu",
                "--data=" + data,
                "--set=semi-share=0.5",
                "--set=semi-epochs=2",
                "--set=semi-schedule=[]",
                "--output=" + semi);
        for (JuxtaProcess.Result said : List.of(probed, tuned)) {
            Path file = said == probed ? linear : semi;
            assertThat(said.err()).isEmpty();
            assertThat(said.out())
                    .containsPattern("calibration error [0-9.]+ %, [0-9.]+ % at temperature [0-9.]+")
                    .contains("classifier: " + file);
            Matcher last = Pattern.compile("last top-1 ([0-9.]+) %").matcher(said.out());
            assertThat(last.find()).as(said.out()).isTrue();

            Path table = root.resolve(file.getFileName() + ".csv");
            JuxtaProcess.Result named = TinyRun.call(
                    "classify",
                    file.toString(),
                    "--quiet",
                    "--device=cpu",
                    "--data=" + data.resolve("test"),
                    "--output=" + table);
            assertThat(named.err()).isEmpty();
            assertThat(named.out()).endsWith(HELD_OUT + " images, " + CLASSES + " classes: " + table + "\n");
            List<String> lines = Files.readAllLines(table);
            assertThat(lines).hasSize(1 + HELD_OUT);
            assertThat(lines.get(0)).startsWith("image,class,probability,");
            int right = 0;
            for (String line : lines.subList(1, lines.size())) {
                right += line.startsWith(line.split(",")[1] + "/") ? 1 : 0;
            }
            assertThat(100.0 * right / HELD_OUT)
                    .isCloseTo(Double.parseDouble(last.group(1)), org.assertj.core.api.Assertions.within(0.01));
            String[] first = lines.get(1).split(",");
            try (Classifier classifier = Classifier.load(file, "cpu", 8)) {
                Classification seen = classifier.classify(data.resolve("test").resolve(first[0]));
                assertThat(seen.name()).isEqualTo(first[1]);
                assertThat(seen.probability())
                        .isCloseTo(Float.parseFloat(first[2]), org.assertj.core.api.Assertions.within(1e-4f));
            }
            assertThat(TinyRun.call("classify", file.toString(), "--data=" + data, "--output=" + table)
                            .err())
                    .isEqualTo("juxta: " + table + " is there already: give --overwrite, or another --output\n");
        }
        // it is its encoder wherever one is taken, and a classifier that can be judged
        assertThat(TinyRun.call("evaluate", "knn", semi.toString(), "--quiet", "--data=" + data, "--set=knn-k=3")
                        .err())
                .isEmpty();
        assertThat(TinyRun.call("evaluate", "linear", semi.toString(), "--data=" + data, "--classifier=" + semi)
                        .out())
                .contains("given classifier: top-1 ");
        Path onnx = root.resolve("semi.onnx");
        assertThat(TinyRun.call("export", semi.toString(), "--format=onnx", "--output=" + onnx)
                        .err())
                .isEmpty();
        assertThat(onnx).isNotEmptyFile();
    }

    @Test
    void whatCannotBeClassifiedIsSaidInOneLine() throws IOException {
        Path output = root.resolve("no.safetensors");
        Path unlabelled = root.resolve("unlabelled");
        Path one = root.resolve("one");
        for (String split : List.of("train", "test")) {
            Path flat = Files.createDirectories(unlabelled.resolve(split));
            Path single = Files.createDirectories(one.resolve(split).resolve("circle"));
            for (int i = 0; i < 4; i++) {
                byte[] png = Png.encode(new DrawnShapes(1, 8, 16).image(i));
                Files.write(flat.resolve(i + ".png"), png);
                Files.write(single.resolve(i + ".png"), png);
            }
        }
        refused(linear(unlabelled, output), "has no classes to judge by");
        refused(linear(one, output), "has no class but circle");
        refused(linear(data, root.resolve("nowhere/c.safetensors")), "no such folder");
        assertThat(output).doesNotExist();
        refused(
                TinyRun.call("classify", run.toString(), "--data=" + data, "--output=" + root.resolve("x.csv")),
                "is an encoder without classifier: train one with evaluate linear or semi");
    }

    private static void refused(JuxtaProcess.Result said, String why) {
        assertThat(said.err()).contains(why).hasLineCount(1);
        assertThat(said.status()).isEqualTo(ExitStatus.FAILED);
    }
}
