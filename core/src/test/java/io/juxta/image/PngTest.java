package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
    @Test
    void whatIsWrittenIsReadByOthersAndByUs() throws IOException {
        byte[] rgb = new byte[3 * 17 * 9];
        new Random(4).nextBytes(rgb);
        byte[] png = Png.encode(new Image(17, 9, rgb));

        BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(read.getWidth()).isEqualTo(17);
        assertThat(read.getHeight()).isEqualTo(9);
        for (int i = 0; i < 17 * 9; i++) {
            int pixel = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | rgb[3 * i + 2] & 255;
            assertThat(read.getRGB(i % 17, i / 17) & 0xffffff).isEqualTo(pixel);
        }
        assertThat(Decoder.decode(png, "png").rgb()).isEqualTo(rgb);
    }
}
