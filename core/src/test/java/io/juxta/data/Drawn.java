package io.juxta.data;

import io.juxta.image.Draws;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Images for the tests, drawn by them: smooth waves with a little noise, different for every number. */
final class Drawn {
    private Drawn() {}

    static BufferedImage picture(int width, int height, int number) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int noise = (int) (Draws.mix(number * 1_000_003L + y * 4096L + x) >>> 60);
                int red = 120 + (int) (100 * Math.sin((x + 7 * number) / 9.0)) + noise;
                int green = 120 + (int) (100 * Math.cos((y - 5 * number) / 11.0)) + noise;
                int blue = 40 * (number % 5) + noise;
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return image;
    }

    static Path write(Path file, int width, int height, int number) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        String name = file.getFileName().toString();
        ImageIO.write(picture(width, height, number), name.substring(name.lastIndexOf('.') + 1), file.toFile());
        return file;
    }

    /** Writes {@code count} small images into {@code classes} folders, JPEG and PNG in turn. */
    static Path folder(Path root, int count, int classes) throws IOException {
        for (int i = 0; i < count; i++) {
            String name = "class" + i % classes + "/image" + (100 + i) + (i % 2 == 0 ? ".jpg" : ".png");
            write(root.resolve(name), 40 + i % 7, 36 + i % 5, i);
        }
        return root;
    }
}
