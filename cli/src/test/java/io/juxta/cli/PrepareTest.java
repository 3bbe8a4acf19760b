package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.image.Decoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prepare}. */
class PrepareTest {
    @TempDir
    Path root;

    @Test
    void photosBecomeSmallAndWhatCannotBeReadIsNamed() throws IOException {
        Path photos = Files.createDirectories(root.resolve("photos/deep"));
        ImageIO.write(
                new BufferedImage(90, 60, BufferedImage.TYPE_INT_RGB),
                "jpg",
                photos.resolve("one.jpg").toFile());
        Path output = root.resolve("small");
        String[] command = {
            "prepare", "--quiet", "--data=" + root.resolve("photos"), "--output=" + output, "--short-side=32"
        };
        JuxtaProcess.Result result = TinyRun.call(command);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out()).startsWith("1 of 1 images in " + output + ": 1 shrunk, 0 copied as they are; ");
        assertThat(Decoder.read(output.resolve("deep/one.jpg")).width()).isEqualTo(48);
        Files.writeString(photos.resolve("two.jpg"), "nothing");
        result = TinyRun.call(command);
        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.out()).contains("1 done before, 1 left out");
        assertThat(result.err())
                .startsWith("juxta: " + photos.resolve("two.jpg"))
                .hasLineCount(1);
    }

    @Test
    void wrongValuesAreOneLine() throws IOException {
        Files.createDirectories(root.resolve("photos"));
        JuxtaProcess.Result result = TinyRun.call(
                "prepare", "--data=" + root.resolve("photos"), "--output=" + root.resolve("small"), "--short-side=3");
        assertThat(result.err())
                .contains("--short-side 3 must be from 16 to 16384 pixels")
                .hasLineCount(1);
        assertThat(root.resolve("small")).doesNotExist();
    }
}
