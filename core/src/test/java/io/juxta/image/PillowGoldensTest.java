package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers from Pillow 12.3 and torchvision 0.28 on an image of 8 x 6 pixels made of a hash. */
class PillowGoldensTest {
    private static Image drawn() {
        byte[] rgb = new byte[6 * 8 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (Draws.mix((90L << 32) + i) >>> 56);
        }
        return new Image(8, 6, rgb);
    }

    private static void expect(Consumer<Canvas> operation, int sum, int... firstAndLast) {
        Canvas canvas = new Canvas();
        canvas.load(drawn());
        operation.accept(canvas);
        int[] pixels = bytes(canvas);
        int[] ends = new int[6];
        System.arraycopy(pixels, 0, ends, 0, 3);
        System.arraycopy(pixels, pixels.length - 3, ends, 3, 3);
        assertThat(ends).containsExactly(firstAndLast);
        assertThat(Arrays.stream(pixels).sum()).isEqualTo(sum);
    }

    private static int[] bytes(Canvas canvas) {
        byte[] rgb = canvas.toImage().rgb();
        int[] bytes = new int[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            bytes[i] = rgb[i] & 255;
        }
        return bytes;
    }

    private static void resize(Canvas canvas, Box crop, int width, int height, Filter filter) {
        canvas.cropAndResize(crop, width, height, Box.whole(width, height), filter);
    }

    @Test
    void theImageIsTheOneMeant() {
        expect(canvas -> {}, 17600, 80, 204, 214, 121, 140, 149);
        Canvas canvas = new Canvas();
        canvas.load(drawn());
        assertThat(Arrays.copyOf(bytes(canvas), 9)).containsExactly(80, 204, 214, 97, 37, 238, 158, 155, 238);
    }

    @Test
    void grey() {
        expect(c -> new Jitter(c).grayscale().finish(), 17499, 168, 168, 168, 135, 135, 135);
    }

    @Test
    void brightness() {
        expect(c -> new Jitter(c).brightness(1.3f).finish(), 21733, 104, 255, 255, 157, 182, 193);
        expect(c -> new Jitter(c).brightness(0.7f).finish(), 12257, 56, 142, 149, 84, 98, 104);
    }

    @Test
    void contrast() {
        expect(c -> new Jitter(c).contrast(1.4f).finish(), 17634, 63, 236, 250, 120, 147, 159);
    }

    @Test
    void saturation() {
        expect(c -> new Jitter(c).saturation(0.6f).finish(), 17497, 115, 189, 195, 126, 138, 143);
    }

    @Test
    void hue() {
        expect(c -> new Jitter(c).hue((int) (0.1 * 255)).finish(), 17979, 81, 128, 214, 122, 124, 149);
        expect(c -> new Jitter(c).hue((int) (-0.2 * 255)).finish(), 17611, 99, 214, 81, 122, 149, 125);
    }

    @Test
    void resizing() {
        Box whole = Box.whole(8, 6);
        expect(c -> resize(c, whole, 5, 4, Filter.BILINEAR), 7296, 103, 165, 168, 93, 98, 108);
        expect(c -> resize(c, whole, 11, 9, Filter.BICUBIC), 36360, 81, 210, 218, 126, 146, 155);
        expect(c -> resize(c, whole, 5, 4, Filter.BICUBIC), 7276, 98, 168, 169, 88, 96, 107);
    }

    @Test
    void cropThenResize() {
        expect(c -> resize(c, new Box(2, 1, 5, 4), 6, 6, Filter.BILINEAR), 12259, 205, 238, 132, 59, 59, 34);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 249, 249",
        "0.5, 1 21 154 21 1, 254",
        "1.0, 1 6 24 42 24 6 1, 244",
        "2.0, 1 2 4 6 8 9 8 6 4 2 1, 249"
    })
    void blurOfAnImpulse(float radius, String row, int total) {
        byte[] rgb = new byte[15 * 15 * 3];
        Arrays.fill(rgb, 3 * (7 * 15 + 7), 3 * (7 * 15 + 7) + 3, (byte) 255);
        Canvas canvas = new Canvas();
        canvas.load(new Image(15, 15, rgb));
        canvas.gaussianBlur(radius);
        StringBuilder centre = new StringBuilder();
        int sum = 0;
        int[] bytes = bytes(canvas);
        for (int i = 0; i < 15 * 15; i++) {
            int red = bytes[3 * i];
            assertThat(bytes[3 * i + 1]).isEqualTo(red);
            assertThat(bytes[3 * i + 2]).isEqualTo(red);
            sum += red;
            if (i / 15 == 7 && red > 0) {
                centre.append(centre.isEmpty() ? "" : " ").append(red);
            }
        }
        assertThat(centre).hasToString(row);
        assertThat(sum).isEqualTo(total);
    }

    @Test
    void normalised() {
        assertThat(normalisedSum(Normalization.IMAGENET)).isCloseTo(19.646623, within(1e-5));
        assertThat(normalisedSum(Normalization.SWAV)).isCloseTo(19.593191, within(1e-5));
        assertThat(normalisedSum(Normalization.HALF)).isCloseTo(-5.9607822, within(1e-5));
    }

    private static double normalisedSum(Normalization normalization) {
        Canvas canvas = new Canvas();
        canvas.load(drawn());
        FloatBuffer out = FloatBuffer.allocate(canvas.length());
        canvas.write(normalization.table(), out);
        double sum = 0;
        for (float value : out.array()) {
            sum += value;
        }
        return sum;
    }

    @Test
    void solarized() {
        expect(c -> new Jitter(c).solarize(128).finish(), 9329, 80, 51, 41, 121, 115, 106);
    }

    /** BYOL's second view with its draws given, step by step. */
    @Test
    void theStepsOfASolarizedView() {
        Consumer<Canvas> crop = c -> resize(c, new Box(2, 1, 5, 4), 6, 6, Filter.BICUBIC);
        expectSum(crop, 12262);
        Consumer<Canvas> coloured = crop.andThen(c -> {
            c.flip();
            new Jitter(c)
                    .brightness(1.3f)
                    .contrast(0.7f)
                    .saturation(1.2f)
                    .hue((int) (0.05 * 255))
                    .finish();
        });
        expect(coloured, 15761, 90, 173, 148, 23, 224, 113);
        Consumer<Canvas> blurred = coloured.andThen(c -> c.gaussianBlur(1));
        expectSum(blurred, 15714);
        expect(blurred.andThen(c -> new Jitter(c).solarize(128).finish()), 10553, 112, 119, 82, 46, 72, 122);
    }

    private static void expectSum(Consumer<Canvas> operation, int sum) {
        Canvas canvas = new Canvas();
        canvas.load(drawn());
        operation.accept(canvas);
        assertThat(Arrays.stream(bytes(canvas)).sum()).isEqualTo(sum);
    }
}
