package io.juxta.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.TinyEncoderFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindByPictureTest {
    @Test
    void aPictureIsMostLikeItself(@TempDir Path root) throws IOException {
        Path photos = Files.createDirectories(root.resolve("photos"));
        for (int i = 0; i < 8; i++) {
            BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(Color.getHSBColor(i / 8f, 1, 1));
            graphics.fillOval(3 * i, 2 * i, 15, 20);
            graphics.dispose();
            ImageIO.write(image, "png", photos.resolve(i + ".png").toFile());
        }
        Path weights = TinyEncoderFile.write(root.resolve("encoder.safetensors"));
        String said = said(
                weights.toString(), photos.toString(), photos.resolve("5.png").toString());
        assertThat(said.lines()).hasSize(3).first().isEqualTo("1.000 5.png");
    }

    private static String said(String... arguments) throws IOException {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream kept = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(kept);
            FindByPicture.main(arguments);
        } finally {
            System.setOut(out);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
