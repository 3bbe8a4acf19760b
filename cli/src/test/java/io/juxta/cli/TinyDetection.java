package io.juxta.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Detectors small enough for a test: pictures of a coloured square each that are drawn here. */
final class TinyDetection {
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
            warmup-steps: 2
            lr: 0.01
            precise-bn: 1
            short-sides: [40, 48]
            test-short-side: 48
            longest-side: 96
            epochs: 1
            batch-size: 2
            device: cpu
            threads: 1
            loader-threads: 1
            judge-every: 10
            """;

    private TinyDetection() {}

    static Path recipe(Path folder) throws IOException {
        return Files.writeString(folder.resolve("tiny-detection.yaml"), RECIPE);
    }

    /** Six pictures to learn from and two held out, of red and green squares. */
    static Path data(Path folder) throws IOException {
        for (String split : List.of("train", "test")) {
            for (int i = 0; i < (split.equals("train") ? 6 : 2); i++) {
                picture(folder.resolve(split + "/p" + i + ".png"), 70 + i, 60, i);
                xml(
                        folder.resolve(split + "/p" + i + ".xml"),
                        object(i % 2 == 0 ? "red" : "green", 6 + 4 * i, 11, 35 + 4 * i, 40));
            }
        }
        return folder;
    }

    /** One with a square of 30 pixels, where there is room. */
    static Path picture(Path file, int width, int height, int number) throws IOException {
        Files.createDirectories(file.toAbsolutePath().resolve("..").normalize());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setColor(number % 2 == 0 ? Color.RED : Color.GREEN);
        pen.fillRect(5 + 4 * number, 10, 30, 30);
        pen.dispose();
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    static Path xml(Path file, String... objects) throws IOException {
        Files.createDirectories(file.toAbsolutePath().resolve("..").normalize());
        return Files.writeString(file, "<annotation>" + String.join("", objects) + "</annotation>");
    }

    /** As VOC counts: pixels from 1. */
    static String object(String name, Object x1, Object y1, Object x2, Object y2) {
        return "<object><name>" + name + "</name><bndbox><xmin>" + x1 + "</xmin><ymin>" + y1 + "</ymin><xmax>" + x2
                + "</xmax><ymax>" + y2 + "</ymax></bndbox></object>";
    }
}
