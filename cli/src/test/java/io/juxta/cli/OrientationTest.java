package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Png;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures stored upside down, which their EXIF data say: turned, they train and judge as those that stand upright. */
@Tag("slow")
class OrientationTest {
    private static final int UPSIDE_DOWN = 3;

    @Test
    void turnedPicturesTrainAndJudgeAsUprightOnes(@TempDir Path root) throws IOException {
        Path upright = root.resolve("upright");
        TinyRun.images(upright.resolve("train"), 24);
        TinyRun.images(upright.resolve("test"), 8);
        Path stored = root.resolve("stored");
        try (Stream<Path> files = Files.walk(upright)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path turned = stored.resolve(upright.relativize(file));
                Files.createDirectories(turned.getParent());
                Files.write(turned, upsideDown(Decoder.read(file)));
            }
        }
        Path recipe = TinyRun.recipe(root);
        List<String> judged = Stream.of("upright ignore", "stored camera", "stored ignore")
                .map(words -> {
                    Path data = root.resolve(words.split(" ")[0]);
                    Path run = root.resolve(words.replace(' ', '-'));
                    TinyRun.pretrain(recipe, data, "--set=orientation=" + words.split(" ")[1], "--run=" + run);
                    return TinyRun.withoutData(
                                    TinyRun.call("evaluate", "knn", run.toString(), "--quiet", "--set=knn-k=3"))
                            .out();
                })
                .toList();
        byte[] expected = weights(root.resolve("upright-ignore"));
        assertThat(weights(root.resolve("stored-camera"))).isEqualTo(expected);
        assertThat(weights(root.resolve("stored-ignore"))).isNotEqualTo(expected);
        assertThat(judged.get(0)).startsWith("kNN ");
        assertThat(judged.get(1)).isEqualTo(judged.get(0));
    }

    /**
     * decode: scaled trains on pictures that were shrunk as they came from their files: the same run, whether they stay in memory
     * or not, judged on pictures that were shrunk alike; another run than that by whole ones.
     */
    @Test
    void scaledPicturesTrainAndJudgeAlikeInMemoryAndOutOfIt(@TempDir Path root) throws IOException {
        Path data = root.resolve("data");
        for (int i = 0; i < 24; i++) {
            Image image = new io.juxta.data.DrawnShapes(1, 24, 160).image(i);
            Path file = data.resolve((i % 3 == 0 ? "test/" : "train/") + (i % 2 == 0 ? "a/" : "b/") + i + ".png");
            Files.createDirectories(file.getParent());
            Files.write(file, Png.encode(image));
        }
        Path recipe = TinyRun.recipe(root);
        List<String> judged = Stream.of("scaled 256", "scaled 0", "whole 256")
                .map(words -> {
                    String[] set = words.split(" ");
                    Path run = root.resolve(set[0] + set[1]);
                    JuxtaProcess.Result said = TinyRun.pretrain(
                            recipe,
                            data,
                            "--set=decode=" + set[0],
                            "--set=image-cache=" + set[1],
                            "--set=epochs=2",
                            "--set=knn-every=2",
                            "--run=" + run);
                    assertThat(said.err()).isEmpty();
                    String knn = said.out().replaceAll("(?s).*kNN last ([0-9.]+) %.*", "$1");
                    String alone = TinyRun.withoutData(TinyRun.call("evaluate", "knn", run.toString(), "--quiet"))
                            .out();
                    assertThat(alone).startsWith("kNN ").contains(knn);
                    return alone;
                })
                .toList();
        byte[] expected = weights(root.resolve("scaled256"));
        assertThat(weights(root.resolve("scaled0"))).isEqualTo(expected);
        assertThat(judged.get(1)).isEqualTo(judged.get(0));
        assertThat(weights(root.resolve("whole256"))).isNotEqualTo(expected);
        assertThat(TinyRun.call(
                                "pretrain",
                                "--quiet",
                                "--resume",
                                "--run=" + root.resolve("scaled0"),
                                "--set=epochs=3",
                                "--set=decode=whole")
                        .err())
                .contains("was written under another recipe (decode scaled -> whole)")
                .hasLineCount(1);
    }

    /** The tensors of a run's encoder, behind the header that holds the recipe. */
    private static byte[] weights(Path run) throws IOException {
        byte[] file = Files.readAllBytes(run.resolve("encoder.safetensors"));
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(file, Math.toIntExact(8 + header), file.length);
    }

    private static byte[] upsideDown(Image image) {
        byte[] rgb = new byte[image.rgb().length];
        int pixels = rgb.length / 3;
        for (int i = 0; i < pixels; i++) {
            System.arraycopy(image.rgb(), 3 * i, rgb, 3 * (pixels - 1 - i), 3);
        }
        byte[] png = Png.encode(new Image(image.width(), image.height(), rgb));
        byte[] exif = ByteBuffer.allocate(26)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("II*\0".getBytes(StandardCharsets.US_ASCII))
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x112)
                .putShort((short) 3)
                .putInt(1)
                .putInt(UPSIDE_DOWN)
                .putInt(0)
                .array();
        byte[] name = "eXIf".getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(exif);
        int place = 33; // behind signature and IHDR
        return ByteBuffer.allocate(png.length + 12 + exif.length)
                .put(png, 0, place)
                .putInt(exif.length)
                .put(name)
                .put(exif)
                .putInt((int) crc.getValue())
                .put(png, place, png.length - place)
                .array();
    }
}
