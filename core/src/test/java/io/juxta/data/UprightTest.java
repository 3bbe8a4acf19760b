package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.cut.recipe.DomainKeys;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Domains of every layout, of pictures that are stored upside down, which their EXIF data say. */
class UprightTest {
    private static final byte[] EXIF =
            HexFormat.of().parseHex("49492a00080000000100120103000100000003000000" + "00000000");

    @TempDir
    Path root;

    @Test
    void foldersSheetsAndSingleImagesAreTurnedWhereItIsAskedFor() throws IOException {
        Image stored = image(8, 4);
        Files.createDirectories(root.resolve("A"));
        Files.createDirectories(root.resolve("B"));
        Files.write(root.resolve("A/one.png"), upsideDown(stored));
        Files.write(root.resolve("B/two.png"), Png.encode(stored));
        for (String layout : new String[] {"folders", "single-image"}) {
            assertThat(trained(root, layout, "ignore").a().image(0).rgb()).isEqualTo(stored.rgb());
            Domains turned = trained(root, layout, "camera");
            assertThat(turned.a().image(0).rgb()).isEqualTo(turned(stored).rgb());
            assertThat(turned.b().image(0).rgb()).as("says nothing of a camera").isEqualTo(stored.rgb());
            assertThat(turned.a().size()).isEqualTo(layout.equals("folders") ? 1 : 100_000);
        }
        Path sheets = Files.createDirectories(root.resolve("sheets/train"));
        Files.write(sheets.resolve("sheet.png"), upsideDown(stored));
        Domains halves = trained(sheets.getParent(), "sheets", "camera");
        byte[] left = new SheetHalf(halves.a().origin().upright(), DomainOptions.Half.LEFT)
                .image(0)
                .rgb();
        assertThat(halves.a().image(0).rgb()).isEqualTo(left);
        assertThat(trained(sheets.getParent(), "sheets", "ignore").a().image(0).rgb())
                .isNotEqualTo(left);
    }

    private static Domains trained(Path data, String layout, String orientation) throws IOException {
        return Recipe.parse("layout: " + layout + "\norientation: " + orientation + "\n", "r.yaml")
                .bind(DomainKeys.class)
                .trained(data);
    }

    private static Image image(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 7);
        }
        return new Image(width, height, rgb);
    }

    private static Image turned(Image image) {
        byte[] rgb = new byte[image.rgb().length];
        for (int i = 0; i < rgb.length; i += 3) {
            System.arraycopy(image.rgb(), i, rgb, rgb.length - 3 - i, 3);
        }
        return new Image(image.width(), image.height(), rgb);
    }

    private static byte[] upsideDown(Image image) {
        byte[] png = Png.encode(image);
        byte[] name = "eXIf".getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(EXIF);
        int place = 33; // behind signature and IHDR
        return ByteBuffer.allocate(png.length + 12 + EXIF.length)
                .put(png, 0, place)
                .putInt(EXIF.length)
                .put(name)
                .put(EXIF)
                .putInt((int) crc.getValue())
                .put(png, place, png.length - place)
                .array();
    }
}
