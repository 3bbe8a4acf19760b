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
