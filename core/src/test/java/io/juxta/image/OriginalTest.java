package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class OriginalTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] withChunk(byte[] png, String name, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(bytes(name));
        sum.update(content);
        return ByteBuffer.allocate(png.length + 12 + content.length)
                .put(png, 0, 33)
                .putInt(content.length)
                .put(bytes(name))
                .put(content)
                .putInt((int) sum.getValue())
                .put(png, 33, png.length - 33)
                .array();
    }

    private static byte[] exif(int orientation) {
        return bytes("II*\0\b\0\0\0\1\0\22\1\3\0\1\0\0\0" + (char) orientation + "\0\0\0\0\0\0\0");
    }

    /** Half transparent, and transparent to a colour: what a logo is. */
    private static byte[] alpha(Image image) {
        byte[] alpha = new byte[image.width() * image.height()];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = (byte) (i * 7);
        }
        return alpha;
    }

    private static int[] alphaOf(byte[] png) throws IOException {
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
        int[] pixels = read.getRGB(0, 0, read.getWidth(), read.getHeight(), null, 0, read.getWidth());
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] >>>= 24;
        }
        return pixels;
    }

    @Test
    void transparencyIsKeptToTheBit() throws IOException {
        Image image = Noise.image(7, 5, 1);
        byte[] alpha = alpha(image);
        Original original = Original.decode(Encoding.encode(image, alpha, ".png"), "logo");
        assertThat(original.isTransparent()).isTrue();
        assertThat(original.fates()).isEmpty();
        assertThat(original.image().rgb()).containsExactly(image.rgb());
        Image made = Noise.image(7, 5, 2);
        byte[] png = original.encode(made, ImageFormat.PNG, Jpeg.QUALITY);
        assertThat(Decoder.decode(png, "made").rgb()).containsExactly(made.rgb());
        int[] kept = alphaOf(png);
        for (int i = 0; i < alpha.length; i++) {
            assertThat(kept[i]).isEqualTo(alpha[i] & 255);
        }
        assertThat(Original.decode(Png.encode(image), "opaque").isTransparent()).isFalse();
        assertThatThrownBy(() -> original.encode(Noise.image(5, 7, 1), ImageFormat.PNG, 95))
                .hasMessage("a picture of 5 x 7 pixels was not made of one of 7 x 5");
        assertThatThrownBy(() -> original.encode(made, ImageFormat.GIF, 95)).hasMessageContaining("GIF is not written");
    }

    @Test
    void aPaletteWithTransparentEntriesIsTransparent() throws IOException {
        BufferedImage drawn = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_INDEXED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(drawn, "png", out);
        byte[] png = out.toByteArray();
        int data = new String(png, StandardCharsets.ISO_8859_1).indexOf("IDAT") - 4;
        byte[] chunk = withChunk(new byte[33], "tRNS", new byte[] {100});
        ByteBuffer file = ByteBuffer.allocate(png.length + 13);
        file.put(png, 0, data).put(chunk, 33, 13).put(png, data, png.length - data);
        Original original = Original.decode(file.array(), "palette");
        assertThat(alphaOf(original.encode(original.image(), ImageFormat.PNG, 95)))
                .containsOnly(100);
    }

    @Test
    void transparencyLiesAsThePictureLies() throws IOException {
        Image image = Noise.image(7, 5, 1);
        byte[] alpha = alpha(image);
        byte[] png = Encoding.encode(image, alpha, ".png");
        Original turned = Original.decode(withChunk(png, "eXIf", exif(6)), "turned");
        assertThat(turned.image().width()).isEqualTo(5);
        int[] kept = alphaOf(turned.encode(turned.image(), ImageFormat.PNG, 95));
        // the first row is the right-hand side
        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 5; x++) {
                assertThat(kept[5 * y + x]).isEqualTo(alpha[7 * (4 - x) + y] & 255);
            }
        }
    }

    @Test
    void transparencyOfWebpIsKeptAndOfOthersSaid() throws IOException {
        Image image = Noise.image(8, 8, 1);
        Original webp = Original.decode(Encoding.encode(image, alpha(image), ".webp"), "webp");
        assertThat(webp.isTransparent()).isTrue();
        byte[] gif = bytes("GIF89a\1\0\1\0\u0080\0\0abcdef!\u00f9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;");
        assertThat(Original.decode(gif, "gif").fates()).containsExactly(Original.Fate.ALPHA_DROPPED);
    }

    @Test
    void resolutionIsKept() throws IOException {
        Image image = Noise.image(8, 8, 1);
        byte[] physical =
                ByteBuffer.allocate(9).putInt(11811).putInt(5906).put((byte) 1).array();
        byte[] png = withChunk(Png.encode(image), "pHYs", physical);
        Original original = Original.decode(png, "print");
        byte[] again = original.encode(image, ImageFormat.PNG, 95);
        assertThat(again).containsExactly(png);
        byte[] jpeg = original.encode(image, ImageFormat.JPEG, 95);
        assertThat(ByteBuffer.wrap(jpeg).getShort(14)).isEqualTo((short) 300);
        assertThat(ByteBuffer.wrap(jpeg).getShort(16)).isEqualTo((short) 150);
        byte[] back = Original.decode(jpeg, "jpeg").encode(image, ImageFormat.PNG, 95);
        assertThat(ByteBuffer.wrap(back).getInt(41)).isEqualTo(11811);
        byte[] turned =
                Original.decode(withChunk(png, "eXIf", exif(8)), "turned").encode(image, ImageFormat.PNG, 95);
        assertThat(ByteBuffer.wrap(turned).getInt(41)).isEqualTo(5906);
        assertThat(Original.decode(Png.encode(image), "none").encode(image, ImageFormat.PNG, 95))
                .containsExactly(Png.encode(image));
    }

    private static byte[] profiled(Image image, byte[] profile) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(bytes("a\0\0"));
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(content)) {
            deflater.write(profile);
        }
        return withChunk(Png.encode(image), "iCCP", content.toByteArray());
    }

    /** Linear light, of which the JDK has a profile: mid grey of it is much brighter in sRGB. */
    @Test
    void coloursAreConvertedByTheirProfile() throws IOException {
        byte[] rgb = new byte[3 * 9 * 7];
        java.util.Arrays.fill(rgb, (byte) 128);
        Image image = new Image(9, 7, rgb);
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        Original original = Original.decode(profiled(image, linear), "linear");
        assertThat(original.fates()).containsExactly(Original.Fate.CONVERTED);
        // 255 (1.055 (128 / 255)^(1 / 2.4) - 0.055)
        assertThat(original.image().rgb()[0] & 255).isBetween(187, 189);
        float[] exact = new ICC_ColorSpace(ICC_Profile.getInstance(linear)).toRGB(new float[] {0.5f, 0.5f, 0.5f});
        assertThat(exact[0]).isBetween(0.73f, 0.74f);
        byte[] grey = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
        assertThat(Original.decode(profiled(image, grey), "grey").fates())
                .containsExactly(Original.Fate.PROFILE_DROPPED);
        byte[] damaged = linear.clone();
        java.util.Arrays.fill(damaged, 128, damaged.length, (byte) -1);
        Original kept = Original.decode(profiled(image, damaged), "damaged");
        assertThat(kept.fates()).containsExactly(Original.Fate.PROFILE_DROPPED);
        assertThat(kept.image().rgb()).containsExactly(rgb);
        byte[] srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
        assertThat(Original.decode(profiled(image, srgb), "srgb").image().rgb()).containsExactly(rgb);
    }
}
