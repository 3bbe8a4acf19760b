package io.juxta.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.runs.Pretraining;
import io.juxta.runs.RunResult;
import io.juxta.train.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainAndExportTest {
    private static final String TINY = """
            method: moco
            arch: resnet18
            width: 8
            dim: 16
            K: 16
            bn-groups: 2
            image-size: 32
            epochs: 3
            batch-size: 8
            device: cpu
            threads: 1
            loader-threads: 1
            knn-k: 5
            report-every: 0
            """;

    @TempDir
    static Path root;

    private static Path photos;

    @BeforeAll
    static void draw() throws IOException {
        photos = root.resolve("photos");
        draw(photos.resolve("train"), 24);
        draw(photos.resolve("test"), 8);
    }

    private static void draw(Path folder, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 32 * 32; p++) {
                int wave = (int) (100 * Math.sin((i % 2 == 0 ? p % 32 : p / 32) * (1 + i % 7) / 3.0 + i));
                image.setRGB(p % 32, p / 32, (120 + wave) << 16 | (128 + wave));
            }
            Path file = folder.resolve((i % 2 == 0 ? "standing/" : "lying/") + i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
    }

    @Test
    void aProgramTrainsStopsResumesJudgesAndExports() throws Exception {
        Path recipe = Files.writeString(root.resolve("tiny.yaml"), TINY);
        Path folder = root.resolve("run");
        String said = said(recipe, photos, folder);
        assertThat(said)
                .contains("epoch 1/3: loss ", "epoch 3/3: loss ", "resumed after 1 epoch", "kNN top-1 ")
                .contains("encoder.onnx, ", "read back and found whole")
                .as("told to stop after the first epoch")
                .containsSubsequence("epoch 1/3: ", "resumed after 1 epoch", "epoch 2/3: ");
        assertThat(folder.resolve("encoder.onnx")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("events.jsonl")))
                .contains("\"how\":\"stopped\"", "\"how\":\"finished\"");
        Path whole = root.resolve("whole");
        RunResult result = Pretraining.by(Recipe.read(recipe))
                .on(photos)
                .into(whole)
                .start()
                .await();
        assertThat(result.finished()).isTrue();
        assertThat(folder.resolve("encoder.safetensors"))
                .as("stopped and resumed, it comes to the same bits")
                .hasSameBinaryContentAs(whole.resolve("encoder.safetensors"));
    }

    private static String said(Path... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            TrainAndExport.main(Stream.of(arguments).map(Path::toString).toArray(String[]::new));
        } finally {
            System.setOut(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theCommandIsNotOnTheClassPath() {
        assertThatThrownBy(() -> Class.forName("io.juxta.cli.Main")).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void theManualShowsTheProgram() throws IOException {
        String program = Files.readString(Path.of("src/main/java/io/juxta/examples/TrainAndExport.java"));
        assertThat(program.lines()).hasSizeLessThanOrEqualTo(35);
        assertThat(Files.readString(Path.of("../docs/library.md"))).contains("```java\n" + program + "```\n");
    }
}
