package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
    private static final int WIDTH = 45;
    private static final int HEIGHT = 31;

    private static BufferedImage drawn(int type) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                // few colours, so that a palette holds them all
                int alpha = x % 5 == 0 ? 0x40 : 0xff;
                image.setRGB(x, y, alpha << 24 | (x / 8 * 40) << 16 | (y / 6 * 40) << 8 | (x / 8 + y / 6) * 20);
            }
        }
        return image;
    }

    private static byte[] written(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static byte[] rgb(BufferedImage image) {
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        for (int i = 0; i < rgb.length; i += 3) {
            int pixel = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
            rgb[i] = (byte) (pixel >> 16);
            rgb[i + 1] = (byte) (pixel >> 8);
            rgb[i + 2] = (byte) pixel;
        }
        return rgb;
    }

    /** As OpenCV writes it. */
    private static byte[] encoded(Image image, String extension) {
        byte[] bgr = image.rgb().clone();
        for (int i = 0; i < bgr.length; i += 3) {
            bgr[i] = image.rgb()[i + 2];
            bgr[i + 2] = image.rgb()[i];
        }
        try (BytePointer pixels = new BytePointer(bgr);
                Mat mat = new Mat(image.height(), image.width(), opencv_core.CV_8UC3, pixels);
                BytePointer out = new BytePointer()) {
            assertThat(opencv_imgcodecs.imencode(extension, mat, out)).isTrue();
            byte[] bytes = new byte[(int) out.limit()];
            out.get(bytes);
            return bytes;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "tiff", "gif"})
    void losslessFormats(String format) throws IOException {
        BufferedImage image = drawn(BufferedImage.TYPE_INT_RGB);
        Image decoded = Decoder.decode(written(image, format), "drawn");
        assertThat(decoded.width()).isEqualTo(WIDTH);
        assertThat(decoded.height()).isEqualTo(HEIGHT);
        assertThat(decoded.rgb()).containsExactly(rgb(image));
    }

    @Test
    void webpWithoutLossAndJpegNearly() throws IOException {
        BufferedImage drawn = drawn(BufferedImage.TYPE_INT_RGB);
        Image image = new Image(WIDTH, HEIGHT, rgb(drawn));
        assertThat(mean(image, Decoder.decode(encoded(image, ".webp"), "webp"))).isLessThan(4);
        assertThat(mean(image, Decoder.decode(encoded(image, ".jpg"), "jpg"))).isLessThan(4);
        assertThat(mean(image, Decoder.decode(written(drawn, "jpg"), "jpg"))).isLessThan(12);
    }

    private static double mean(Image one, Image other) {
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            sum += Math.abs((one.rgb()[i] & 255) - (other.rgb()[i] & 255));
        }
        return sum / one.rgb().length;
    }

    @Test
    void transparencyIsDropped() throws IOException {
        BufferedImage image = drawn(BufferedImage.TYPE_INT_ARGB);
        assertThat(Decoder.decode(written(image, "png"), "png").rgb()).containsExactly(rgb(image));
        assertThat(Decoder.decode(written(image, "tiff"), "tiff").rgb()).containsExactly(rgb(image));
    }

    @Test
    void greyAndPalette() throws IOException {
        BufferedImage grey = drawn(BufferedImage.TYPE_BYTE_GRAY);
        byte[] levels = ((java.awt.image.DataBufferByte) grey.getRaster().getDataBuffer()).getData();
        for (String format : new String[] {"png", "bmp", "jpg", "tiff"}) {
            Image decoded = Decoder.decode(written(grey, format), format);
            byte[] red = new byte[levels.length];
            for (int i = 0; i < red.length; i++) {
                red[i] = decoded.rgb()[3 * i];
                assertThat(decoded.rgb()[3 * i + 1]).isEqualTo(red[i]);
            }
            if (!"jpg".equals(format)) {
                assertThat(red).containsExactly(levels);
            }
        }
        BufferedImage palette = drawn(BufferedImage.TYPE_BYTE_INDEXED);
        assertThat(Decoder.decode(written(palette, "png"), "png").rgb()).containsExactly(rgb(palette));
    }

    @Test
    void ofSixteenBitsTheUpperByte() throws IOException {
        short[] levels = new short[WIDTH * HEIGHT];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (short) (i * 47);
        }
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), false, false, 1, DataBuffer.TYPE_USHORT);
        BufferedImage image = new BufferedImage(
                model,
                Raster.createInterleavedRaster(
                        new DataBufferUShort(levels, levels.length),
                        WIDTH,
                        HEIGHT,
                        WIDTH,
                        1,
                        new int[] {0},
                        new Point()),
                false,
                null);
        Image decoded = Decoder.decode(written(image, "png"), "png");
        for (int i = 0; i < levels.length; i++) {
            assertThat(decoded.rgb()[3 * i]).isEqualTo((byte) ((levels[i] & 0xffff) >> 8));
        }
    }

    @Test
    void theContentDecidesAndNotTheName(@TempDir Path folder) throws IOException {
        BufferedImage image = drawn(BufferedImage.TYPE_INT_RGB);
        Path file = Files.write(folder.resolve("disguised.jpg"), written(image, "gif"));
        assertThat(Decoder.read(file).rgb()).containsExactly(rgb(image));
    }

    @Test
    void anOrientationIsIgnored() throws IOException {
        byte[] jpeg = written(drawn(BufferedImage.TYPE_INT_RGB), "jpg");
        byte[] exif = "\u00ff\u00e1\0\"Exif\0\0MM\0*\0\0\0\b\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] turned = new byte[jpeg.length + exif.length];
        System.arraycopy(jpeg, 0, turned, 0, 2);
        System.arraycopy(exif, 0, turned, 2, exif.length);
        System.arraycopy(jpeg, 2, turned, 2 + exif.length, jpeg.length - 2);
        assertThat(Decoder.decode(turned, "turned").rgb())
                .containsExactly(Decoder.decode(jpeg, "jpeg").rgb());
    }

    /** Four inks, 16 x 8 pixels of one colour each half, written by Pillow; and what Pillow reads from it. */
    @Test
    void inks() throws IOException {
        byte[] jpeg = Base64.getDecoder().decode(INKS);
        byte[] rgb = Decoder.decode(jpeg, "inks").rgb();
        assertThat(Arrays.copyOf(rgb, 3)).containsExactly(INKS_FIRST);
        assertThat(Arrays.copyOfRange(rgb, rgb.length - 3, rgb.length)).containsExactly(INKS_LAST);
    }

    /** As scientific programs write it: whole, but no picture for eyes. */
    @Test
    void aTiffOf32BitsIsNotCalledDamaged() {
        short[][] entries = {
            {256, 1}, {257, 1}, {258, 32}, {262, 1}, {273, 8 + 2 + 8 * 12 + 4}, {277, 1}, {279, 4}, {339, 3}
        };
        ByteBuffer file =
                ByteBuffer.allocate(8 + 2 + 12 * entries.length + 4 + 4).order(ByteOrder.LITTLE_ENDIAN);
        file.put("II".getBytes(StandardCharsets.US_ASCII)).putShort((short) 42).putInt(8);
        file.putShort((short) entries.length);
        for (short[] entry : entries) {
            file.putShort(entry[0])
                    .putShort((short) 3)
                    .putInt(1)
                    .putShort(entry[1])
                    .putShort((short) 0);
        }
        file.putInt(0).putFloat(0.5f);
        assertThatThrownBy(() -> Decoder.decode(file.array(), "map.tif"))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessage("map.tif: TIFF with samples of 32 bits, which is not read: save it with 8 or 16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp", "tiff", "gif", "webp"})
    void noTruncationIsAccepted(String format) throws IOException {
        BufferedImage drawn = drawn(BufferedImage.TYPE_INT_RGB);
        byte[] whole =
                "webp".equals(format) ? encoded(new Image(WIDTH, HEIGHT, rgb(drawn)), ".webp") : written(drawn, format);
        for (int length = 0; length < whole.length; length += 1 + whole.length / 300) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Decoder.decode(cut, "cut.file"))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessageStartingWith("cut.file: ")
                    .hasMessageNotContaining("\n");
        }
        byte[] longer = Arrays.copyOf(whole, whole.length + 100);
        assertThat(Decoder.decode(longer, "longer").rgb())
                .containsExactly(Decoder.decode(whole, "whole").rgb());
    }

    @Test
    void eachCauseHasItsLine(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.jpg");
        assertThatThrownBy(() -> Decoder.read(missing)).hasMessage(missing + ": no such file");
        assertThatThrownBy(() -> Decoder.read(folder)).hasMessageContaining("directory");
        assertThatThrownBy(() -> Decoder.decode(new byte[0], "a.jpg")).hasMessage("a.jpg: empty file");
        assertThatThrownBy(() -> Decoder.decode("hello".getBytes(StandardCharsets.UTF_8), "a.jpg"))
                .hasMessage("a.jpg: not an image (JPEG, PNG, WebP, BMP, TIFF, GIF or PPM)");
    }

    @Test
    void aBombIsRefusedBeforeItIsDecoded() throws IOException {
        byte[] png = written(drawn(BufferedImage.TYPE_INT_RGB), "png");
        for (int i = 16; i < 24; i += 4) {
            png[i + 2] = 0x75;
            png[i + 3] = 0x30;
        }
        assertThatThrownBy(() -> Decoder.decode(png, "bomb.png"))
                .hasMessage("bomb.png: 30000 x 30000 pixels are more than the limit of 178956970; shrink it");
    }

    @Test
    void noMemoryIsLeftBehind() throws IOException {
        byte[] png = written(drawn(BufferedImage.TYPE_INT_RGB), "png");
        Decoder.decode(png, "first");
        long before = Pointer.totalBytes();
        for (int i = 0; i < 1000; i++) {
            Decoder.decode(png, "again");
        }
        // less where the collector has meanwhile freed what another test left to it
        assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
    }

    private static final String INKS =
            "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLU"
                    + "BXQUZMTlJTUjI+WmFaUGBKUVJP/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgME"
                    + "BQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJCh"
                    + "YXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqi"
                    + "o6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASw"
                    + "AAPwDtqkrkq7yvHK6Wvda5qv/Z";
    private static final byte[] INKS_FIRST = {-65, 120, 49};
    private static final byte[] INKS_LAST = {36, 126, -97};
}
