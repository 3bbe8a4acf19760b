package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector trained, stopped, gone on with, judged and used, on drawn squares. */
class DetectingTest {
    private static final String RECIPE = """
            method: faster-rcnn
            arch: resnet18
            width: 8
            smallest-anchor: 8
            proposals-sampled: 16
            candidates: 200
            proposals: 50
            test-candidates: 100
            test-proposals: 20
            reference-batch: 2
            epoch-steps: 3
            warmup-steps: 2
            lr: 0.01
            precise-bn: 2
            short-sides: [48, 64]
            test-short-side: 48
            longest-side: 96
            epochs: 2
            batch-size: 2
            device: cpu
            threads: 1
            checkpoint-minutes: 0
            """;

    @TempDir
    private Path root;

    private Path data() throws IOException {
        for (String split : List.of("train", "test")) {
            Path folder = Files.createDirectories(root.resolve("data").resolve(split));
            for (int i = 0; i < 6; i++) {
                int width = 70 + i;
                byte[] rgb = new byte[3 * width * 60];
                int x1 = 5 + 4 * i;
                for (int y = 10; y < 40; y++) {
                    for (int x = x1; x < x1 + 30; x++) {
                        rgb[3 * (y * width + x) + i % 2] = -1;
                    }
                }
                Files.write(folder.resolve("p" + i + ".png"), Png.encode(new Image(width, 60, rgb)));
                Files.writeString(
                        folder.resolve("p" + i + ".xml"),
                        "<annotation><object><name>" + (i % 2 == 0 ? "red" : "green") + "</name><bndbox><xmin>"
                                + (x1 + 1)
                                + "</xmin><ymin>11</ymin><xmax>" + (x1 + 30)
                                + "</xmax><ymax>40</ymax></bndbox></object></annotation>");
            }
        }
        return root.resolve("data");
    }

    private static Detecting request() {
        return Detecting.by(Recipe.parse(RECIPE, "tiny"));
    }

    private static Map<String, Tensor> weights(Path run) throws IOException {
        return WeightsFile.read(run.resolve("detector.safetensors")).tensors();
    }

    @Test
    void aRunThatIsStoppedEndsAsOneThatIsNot() throws IOException, InterruptedException {
        Path data = data();
        Path whole = root.resolve("whole");
        RunResult result = request().on(data).into(whole).start().await();
        assertThat(result.finished()).isTrue();
        assertThat(result.judged()).isPresent();
        List<String> rows = Files.readAllLines(whole.resolve("metrics.csv"));
        assertThat(rows).hasSize(3);
        assertThat(Files.readString(whole.resolve("recipe.yaml"))).contains("classes: [green, red]");

        Path stopped = root.resolve("stopped");
        AtomicInteger asked = new AtomicInteger();
        RunResult first = request()
                .on(data)
                .into(stopped)
                .stopWhen(() -> asked.incrementAndGet() > 2)
                .start()
                .await();
        assertThat(first.finished()).isFalse();
        RunResult second = Detecting.resume(stopped).start().await();
        assertThat(second.finished()).isTrue();
        Map<String, Tensor> expected = weights(whole);
        Map<String, Tensor> actual = weights(stopped);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, tensor) -> assertThat(Goldens.values(tensor))
                .as(name)
                .containsExactly(Goldens.values(expected.getOrDefault(name, tensor))));

        List<String> lines = DetectionJudging.of(whole)
                .on(data)
                .metric(DetectionJudging.Metric.COCO)
                .device("cpu")
                .judge()
                .lines();
        assertThat(lines.get(0)).startsWith("AP ").endsWith("(6 pictures)");
        assertThat(lines).anyMatch(line -> line.contains("green"));

        Path found = root.resolve("found");
        DetectedPictures.Result applied = DetectedPictures.by(whole)
                .of(data.resolve("test"))
                .into(found)
                .leastScore(0.05)
                .device("cpu")
                .run();
        assertThat(applied.pictures()).isEqualTo(6);
        List<String> csv = Files.readAllLines(found.resolve("detections.csv"));
        assertThat(csv).hasSize(1 + applied.objects());
        assertThat(csv.get(0)).isEqualTo("picture,class,score,x1,y1,x2,y2");
        assertThat(found.resolve("p0.png.jpg")).exists();
        assertThat(Files.readString(found.resolve("detections.json"))).contains("\"picture\" : \"p5.png\"");
    }

    @Test
    void bfloat16LearnsNearlyTheSame() throws IOException, InterruptedException {
        Path data = data();
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            Path run = root.resolve("run" + i);
            List<String> settings = List.of("epochs=1", "precision=" + (i == 0 ? "float32" : "bfloat16"));
            assertThat(Detecting.by(Recipe.parse(RECIPE, "tiny").with(settings))
                            .on(data)
                            .into(run)
                            .start()
                            .await()
                            .finished())
                    .isTrue();
            List<String> rows = Files.readAllLines(run.resolve("metrics.csv"));
            int loss = List.of(rows.get(0).split(",")).indexOf("loss");
            losses[i] = Double.parseDouble(rows.get(1).split(",")[loss]);
        }
        assertThat(losses[1]).isNotEqualTo(losses[0]).isCloseTo(losses[0], within(0.05 * losses[0]));
    }

    @Test
    void aPlanSaysWhatWouldBe() throws IOException {
        List<String> told = new ArrayList<>();
        RunPlan plan = Detecting.by(Recipe.parse(RECIPE, "tiny").with(List.of("reference-batch=4")))
                .on(data())
                .told(new RunListener() {
                    @Override
                    public void note(Note note) {
                        told.add(note.text());
                    }
                })
                .plan();
        assertThat(plan.steps()).isEqualTo(12);
        assertThat(plan.images()).isEqualTo(6);
        assertThat(told)
                .contains("batches of 2 pictures instead of 4: rate 0.005000 instead of 0.01000, and 6 steps an epoch");
        assertThat(told).anyMatch(line -> line.endsWith("6 pictures with 6 objects of 2 classes (green, red)"));
    }

    @Test
    void whatCannotBeIsRefusedInOneLine() throws IOException {
        Path data = data();
        assertThatThrownBy(() -> request()
                        .on(root.resolve("none"))
                        .into(root.resolve("run"))
                        .start())
                .hasMessage(root.resolve("none") + ": no such folder");
        assertThat(root.resolve("run")).doesNotExist();
        assertThatThrownBy(() -> Detecting.by(Recipe.parse(RECIPE, "tiny").with(List.of("precision=float16")))
                        .on(data)
                        .into(root.resolve("run"))
                        .start()
                        .await())
                .hasMessageContaining("precision float16 needs a GPU");
        assertThat(root.resolve("run")).doesNotExist();
        Path no = Files.writeString(root.resolve("no.safetensors"), "x");
        assertThatThrownBy(() -> request()
                        .on(data)
                        .into(root.resolve("run"))
                        .from(no)
                        .start()
                        .await())
                .hasMessageStartingWith(no.toString());
        assertThat(root.resolve("run")).doesNotExist();
        assertThatThrownBy(() -> DetectionJudging.of(root).on(data).judge())
                .hasMessage(root.resolve("detector.safetensors")
                        + ": no such file; a run has one once it has finished an epoch");
    }
}
