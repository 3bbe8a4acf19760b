package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** CUT-10 of the goldens. */
    @ParameterizedTest
    @CsvSource({"-1, 0", "-0.5, 63", "0, 127", "0.25, 159", "0.999, 254", "1, 255", "1.2, 255", "-3, 0", "NaN, 0"})
    void valuesAreCutToBytes(float value, int expected) {
        assertThat(SignedUnit.toByte(value) & 255).isEqualTo(expected);
    }

    @Test
    void aNetworksValuesAreAPicture() {
        float[] values = new float[3 * 2 * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 9f - 1;
        }
        Image colour = SignedUnit.image(values, new ViewShape(3, 2, 3));
        Image grey = SignedUnit.image(Arrays.copyOf(values, 6), new ViewShape(1, 2, 3));
        assertThat(colour.width()).isEqualTo(3);
        for (int i = 0; i < 6; i++) {
            for (int c = 0; c < 3; c++) {
                assertThat(colour.rgb()[3 * i + c]).isEqualTo(SignedUnit.toByte(values[6 * c + i]));
                assertThat(grey.rgb()[3 * i + c]).isEqualTo(SignedUnit.toByte(values[i]));
            }
        }
        assertThatThrownBy(() -> SignedUnit.image(values, new ViewShape(1, 2, 3)))
                .hasMessage("18 values are no picture of 1 x 3 x 2");
    }

    @Test
    void jpegLosesTheLessTheBetterItsQuality() throws IOException {
        byte[] rgb = new byte[3 * 64 * 48];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (128 + 60 * Math.sin(i / 3 % 64 / 5.0) + 50 * Math.cos(i / 192 / 7.0) + 5 * (i % 3));
        }
        Image image = new Image(64, 48, rgb);
        byte[] small = Jpeg.encode(image, 10);
        byte[] good = Jpeg.encode(image, Jpeg.QUALITY);
        assertThat(ImageFormat.of(good)).contains(ImageFormat.JPEG);
        assertThat(small.length).isLessThan(good.length);
        double error = difference(image, Decoder.decode(good, "good"));
        assertThat(error).isLessThan(2).isLessThan(difference(image, Decoder.decode(small, "small")));
        assertThatThrownBy(() -> Jpeg.encode(image, 101)).hasMessage("a JPEG quality of 101 is not within 1 to 100");
    }

    private static double difference(Image one, Image other) {
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            sum += Math.abs((one.rgb()[i] & 255) - (other.rgb()[i] & 255));
        }
        return sum / one.rgb().length;
    }

    private static byte[] exif(int orientation, boolean little) {
        return little
                ? bytes("II*\0\b\0\0\0\1\0\22\1\3\0\1\0\0\0" + (char) orientation + "\0\0\0\0\0\0\0")
                : bytes("MM\0*\0\0\0\b\0\1\1\22\0\3\0\0\0\1\0" + (char) orientation + "\0\0\0\0\0\0");
    }

    /** A PNG with EXIF data before its pixels. */
    private static byte[] turnedPng(Image image, int orientation, boolean little) {
        return withChunk(Png.encode(image), 33, "eXIf", exif(orientation, little));
    }

    private static byte[] withChunk(byte[] png, int at, String name, byte[] content) {
        byte[] chunk = joined(bytes(name), content);
        CRC32 sum = new CRC32();
        sum.update(chunk);
        byte[] length = ByteBuffer.allocate(4).putInt(content.length).array();
        byte[] check = ByteBuffer.allocate(4).putInt((int) sum.getValue()).array();
        return joined(Arrays.copyOf(png, at), length, chunk, check, Arrays.copyOfRange(png, at, png.length));
    }

    /** The decoder complains of the profile in thousands of pictures from one camera. */
    @Test
    void aProfileIsNotEvenLookedAt() throws IOException {
        Image image = Noise.image(6, 4, 1);
        byte[] png = Png.encode(image);
        assertThat(PngFile.critical(png)).isSameAs(png);
        byte[] profiled = withChunk(png, 33, "iCCP", bytes("a profile\0\0that is none"));
        byte[] both = withChunk(withChunk(profiled, 33, "eXIf", exif(3, true)), 33, "tEXt", bytes("Title\0none"));
        assertThat(PngFile.critical(profiled)).containsExactly(png);
        assertThat(PngFile.critical(both)).containsExactly(png);
        assertThat(Decoder.decode(both, "both").rgb()).containsExactly(image.rgb());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void picturesAreTurnedAsTheCameraWasHeld(int orientation) throws IOException {
        Image image = Noise.image(5, 3, 1);
        for (boolean little : new boolean[] {true, false}) {
            byte[] png = turnedPng(image, orientation, little);
            assertThat(Decoder.decode(png, "png").rgb()).containsExactly(image.rgb());
            Image upright = Decoder.decodeUpright(png, "png");
            // EXIF 2.3, table 6: what the first row and the first column of the file are to the eye
            boolean rowIsSide = orientation >= 5;
            assertThat(upright.width()).isEqualTo(rowIsSide ? 3 : 5);
            boolean rowAtEnd = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
            boolean columnAtEnd = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
            for (int row = 0; row < 3; row++) {
                for (int column = 0; column < 5; column++) {
                    int along = columnAtEnd ? 4 - column : column;
                    int across = rowAtEnd ? 2 - row : row;
                    int to = rowIsSide ? along * 3 + across : across * 5 + along;
                    int from = row * 5 + column;
                    assertThat(Arrays.copyOfRange(upright.rgb(), 3 * to, 3 * to + 3))
                            .containsExactly(Arrays.copyOfRange(image.rgb(), 3 * from, 3 * from + 3));
                }
            }
        }
    }

    @Test
    void theOrientationOfJpegAndWebp() {
        Image image = Noise.image(16, 8, 2);
        byte[] jpeg = Jpeg.encode(image, 90);
        byte[] segment = joined(bytes("\u00ff\u00e1\0\"Exif\0\0"), exif(6, false));
        byte[] turned = joined(Arrays.copyOf(jpeg, 2), segment, Arrays.copyOfRange(jpeg, 2, jpeg.length));
        assertThat(Exif.orientation(turned)).isEqualTo(6);
        assertThat(Exif.orientation(jpeg)).isEqualTo(1);
        byte[] webp = joined(
                bytes("RIFF\100\0\0\0WEBPVP8X\12\0\0\0\b\0\0\0\17\0\0\7\0\0"),
                bytes("ICCP\3\0\0\0abc\0"),
                bytes("EXIF\32\0\0\0"),
                exif(8, true));
        assertThat(Exif.orientation(webp)).isEqualTo(8);
        // damaged, or of no meaning
        assertThat(Exif.orientation(Arrays.copyOf(webp, webp.length - 20))).isEqualTo(1);
        assertThat(Exif.orientation(turnedPng(image, 9, true))).isEqualTo(1);
        assertThat(Exif.orientation(bytes("P6 1 1 255 abc"))).isEqualTo(1);
    }

    @Test
    void pixelMaps() throws IOException {
        Image image = Noise.image(7, 5, 3);
        byte[] file = joined(bytes("P6\n# drawn\n7 5\n255\n"), image.rgb());
        assertThat(ImageFormat.of(file)).contains(ImageFormat.PPM);
        assertThat(Decoder.decode(file, "ppm").rgb()).containsExactly(image.rgb());
        assertThat(Decoder.decode(file, "ppm").width()).isEqualTo(7);
        StringBuilder text = new StringBuilder("P3 7 5\n255");
        for (byte value : image.rgb()) {
            text.append(' ').append(value & 255);
        }
        assertThat(Decoder.decode(bytes(text.toString()), "ppm").rgb()).containsExactly(image.rgb());
        byte[] grey = Decoder.decode(bytes("P5 2 1 15 \3\17"), "pgm").rgb();
        assertThat(grey).containsExactly(51, 51, 51, -1, -1, -1);
        byte[] wide = Decoder.decode(bytes("P5 2 1 65535 \u0080\0\u00ff\u00ff"), "pgm")
                .rgb();
        assertThat(wide).containsExactly(-128, -128, -128, -1, -1, -1);
    }

    @Test
    void damagedPixelMapsAreOneLine() {
        byte[] file = joined(bytes("P6 7 5 255\n"), Noise.image(7, 5, 3).rgb());
        for (int length = 1; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> Decoder.decode(cut, "cut.ppm"))
                    .as("%d bytes", length)
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessageStartingWith("cut.ppm: ")
                    .hasMessageNotContaining("\n");
        }
        for (String text : new String[] {
            "P6 7 x 255 a",
            "P6 0 5 255 a",
            "P6 999999999 999999999 255 a",
            "P6 1 1 70000 a",
            "P6 1234567890 1 255 a",
            "P3 2 1 255 1 2 3 4 5",
            "P3 2 1 255 1 2 3 4 5 -6",
            "P7 1 1 255 a",
            "P6"
        }) {
            assertThatThrownBy(() -> Decoder.decode(bytes(text), "a.ppm"))
                    .as(text)
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessageStartingWith("a.ppm: ");
        }
    }

    @Test
    void formatsByTheirFirstBytes() {
        assertThat(ImageFormat.of(Png.encode(Noise.image(3, 3, 1)))).contains(ImageFormat.PNG);
        assertThat(ImageFormat.of(new byte[0])).isEmpty();
        assertThat(ImageFormat.of(bytes("hello"))).isEmpty();
        assertThat(ImageFormat.PNG.extension()).isEqualTo("png");
    }
}
