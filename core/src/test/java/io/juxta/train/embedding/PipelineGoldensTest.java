package io.juxta.train.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole views of every pipeline, to the bit, against what Pillow makes of the same draws ({@code views/make.py}). */
class PipelineGoldensTest {
    private static Image drawn(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (Draws.mix((90L << 32) + i) >>> 56);
        }
        return new Image(width, height, rgb);
    }

    private static List<String> lines(Pipeline pipeline) throws IOException {
        try (InputStream in = PipelineGoldensTest.class.getResourceAsStream("views/values.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(pipeline + " "))
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void viewsArePillows(Pipeline pipeline) throws IOException {
        Image picture = drawn(60, 50);
        boolean small = pipeline == Pipeline.DINO_LOCAL;
        Augmentation augmentation = pipeline.of(24, small ? 0.05 : 0.2, small ? 0.4 : 1, Normalization.IMAGENET);
        Canvas canvas = new Canvas();
        List<String> lines = lines(pipeline);
        assertThat(lines).hasSize(24);
        for (int sample = 0; sample < lines.size(); sample++) {
            byte[] rgb = augmentation
                    .view(picture, Draws.of(7, 0, sample, 0), canvas)
                    .rgb();
            int sum = 0;
            for (byte value : rgb) {
                sum += value & 255;
            }
            CRC32 crc = new CRC32();
            crc.update(rgb);
            assertThat(String.format(Locale.ROOT, "%s %d 24 %d %08x", pipeline, sample, sum, crc.getValue()))
                    .isEqualTo(lines.get(sample));
        }
    }
}
