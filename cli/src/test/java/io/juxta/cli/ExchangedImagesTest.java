package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Images that were exchanged between stop and resume, and images that were only moved. */
class ExchangedImagesTest extends TinyRuns {
    private Path images;
    private Path run;

    @BeforeEach
    void begin(TestInfo test) throws IOException {
        images = root.resolve(test.getTestMethod().orElseThrow().getName());
        run = root.resolve(images.getFileName() + "-run");
        TinyRun.images(images.resolve("train"), IMAGES);
        TinyRun.images(images.resolve("test"), 6);
        assertThat(TinyRun.pretrain(recipe, images, "--run=" + run, "--set=epochs=1")
                        .err())
                .isEmpty();
    }

    private JuxtaProcess.Result resume(String... more) {
        return TinyRun.call(Stream.concat(
                        Stream.of("pretrain", "--quiet", "--resume", "--run=" + run, "--set=epochs=2"), Stream.of(more))
                .toArray(String[]::new));
    }

    private void refuses(String line) {
        JuxtaProcess.Result refused = resume();
        assertThat(refused.err())
                .isEqualTo("juxta: " + run + ": the images are not those that the run began with: " + line
                        + "; resume it with the same images, or start another --run\n");
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
    }

    @Test
    void anotherPictureOfTheSameName() throws IOException {
        Path file = images.resolve("train/standing/1000.png");
        Files.copy(images.resolve("train/lying/1001.png"), file, StandardCopyOption.REPLACE_EXISTING);
        refuses("1 changed (standing/1000.png)");
    }

    @Test
    void anotherPictureOfTheSameSize() throws IOException {
        Path file = images.resolve("train/standing/1000.png");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
        refuses("1 changed (standing/1000.png)");
    }

    @Test
    void renamedAddedAndManyChanged() throws IOException {
        for (int i = 0; i < 10; i += 2) {
            Files.writeString(images.resolve("train/standing/" + (1000 + i) + ".png"), "other");
        }
        Files.move(images.resolve("train/standing/1010.png"), images.resolve("train/standing/0999.png"));
        refuses("5 changed (standing/1000.png, standing/1002.png, standing/1004.png, ...); 1 missing"
                + " (standing/1010.png); 1 new (standing/0999.png)");
    }

    @Test
    void movedAndCopiedImagesAreTheSame() throws IOException {
        Path moved = images.resolveSibling("elsewhere");
        Files.move(images, moved);
        JuxtaProcess.Result gone = resume();
        assertThat(gone.err())
                .isEqualTo("juxta: the images of " + run + " were in " + images
                        + ", which is no folder here: say where they are with --data DIR\n");
        try (Stream<Path> all = Files.walk(moved)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
            }
        }
        JuxtaProcess.Result resumed = resume("--data=" + moved);
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out())
                .contains("images with another time of change than when the run began: 24, of which 24 were read again"
                        + " and found the same\n");
        // it knows the new place now
        JuxtaProcess.Result again = resume("--set=epochs=3");
        assertThat(again.err()).isEmpty();
        assertThat(again.out()).doesNotContain("another time").contains("epoch 3/3");
    }
}
