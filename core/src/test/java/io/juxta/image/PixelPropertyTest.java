package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The fast pixel operations against slow and obvious ones, on random images of many sizes. */
@Tag("slow")
class PixelPropertyTest {
    private static final int[][] SIZES = {{1, 1}, {2, 3}, {5, 1}, {1, 9}, {17, 12}, {33, 40}, {64, 31}, {130, 9}};

    private static Image random(int[] size, long seed) {
        byte[] rgb = new byte[3 * size[0] * size[1]];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Draws.mix(seed * 100_000 + i);
        }
        return new Image(size[0], size[1], rgb);
    }

    private static int[] after(Image image, Consumer<Canvas> operation) {
        Canvas canvas = new Canvas();
        canvas.load(image);
        operation.accept(canvas);
        return ints(canvas.toImage());
    }

    private static int[] ints(Image image) {
        int[] ints = new int[image.rgb().length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = image.rgb()[i] & 255;
        }
        return ints;
    }

    private static int blend(int from, int to, float factor) {
        float value = from + factor * (to - from);
        return value <= 0 ? 0 : value >= 255 ? 255 : (int) value;
    }

    private static int grey(int[] rgb, int i) {
        int at = i - i % 3;
        return (19595 * rgb[at] + 38470 * rgb[at + 1] + 7471 * rgb[at + 2] + 0x8000) >> 16;
    }

    @Test
    void tones() {
        Draws draws = Draws.of(11, 0, 0, 0);
        for (int round = 0; round < 200; round++) {
            Image image = random(SIZES[round % SIZES.length], round);
            int[] rgb = ints(image);
            // round factors have exact products, which is where rounding shows
            float factor = round % 3 == 0 ? draws.below(13) / 4f : (float) draws.uniform(0, 2.2);
            long sum = 0;
            for (int i = 0; i < rgb.length; i += 3) {
                sum += grey(rgb, i);
            }
            int mean = (int) (sum / (rgb.length / 3.0) + 0.5);
            int[] bright = new int[rgb.length];
            int[] contrasted = new int[rgb.length];
            int[] saturated = new int[rgb.length];
            int[] greyed = new int[rgb.length];
            for (int i = 0; i < rgb.length; i++) {
                bright[i] = blend(0, rgb[i], factor);
                contrasted[i] = blend(mean, rgb[i], factor);
                saturated[i] = blend(grey(rgb, i), rgb[i], factor);
                greyed[i] = grey(rgb, i);
            }
            assertThat(after(image, c -> new Jitter(c).brightness(factor).finish()))
                    .containsExactly(bright);
            assertThat(after(image, c -> new Jitter(c).contrast(factor).finish()))
                    .containsExactly(contrasted);
            assertThat(after(image, c -> new Jitter(c).saturation(factor).finish()))
                    .containsExactly(saturated);
            assertThat(after(image, c -> new Jitter(c).grayscale().finish())).containsExactly(greyed);
        }
    }

    @Test
    void everyColourTurnsAsPillowTurnsIt() {
        byte[] rgb = new byte[3 << 16];
        for (int red = 0; red < 256; red++) {
            for (int i = 0; i < 1 << 16; i++) {
                rgb[3 * i] = (byte) red;
                rgb[3 * i + 1] = (byte) (i >> 8);
                rgb[3 * i + 2] = (byte) i;
            }
            int offset = 37 * red - 4000;
            byte[] turned = after(rgb, offset);
            for (int i = 0; i < 1 << 16; i++) {
                int slow = turn(red, i >> 8, i & 255, offset);
                int fast = (turned[3 * i] & 255) << 16 | (turned[3 * i + 1] & 255) << 8 | (turned[3 * i + 2] & 255);
                if (slow != fast) {
                    assertThat(fast)
                            .as("%d %d %d + %d", red, i >> 8, i & 255, offset)
                            .isEqualTo(slow);
                }
            }
        }
    }

    private static byte[] after(byte[] rgb, int offset) {
        Canvas canvas = new Canvas();
        canvas.load(new Image(256, 256, rgb));
        new Jitter(canvas).hue(offset).finish();
        return canvas.toImage().rgb();
    }

    /** Pillow's conversions to HSV and back, in its own mixture of precisions. */
    private static int turn(int r, int g, int b, int offset) {
        int max = Math.max(r, Math.max(g, b));
        int min = Math.min(r, Math.min(g, b));
        int hue = 0;
        int saturation = 0;
        if (min != max) {
            float spread = max - min;
            float toRed = (max - r) / spread;
            float toGreen = (max - g) / spread;
            float toBlue = (max - b) / spread;
            float sixths;
            if (r == max) {
                sixths = toBlue - toGreen;
            } else if (g == max) {
                sixths = (float) (2.0 + toRed - toBlue);
            } else {
                sixths = (float) (4.0 + toGreen - toRed);
            }
            hue = (int) ((float) ((sixths / 6.0 + 1.0) % 1.0) * 255.0);
            saturation = (int) (spread / max * 255.0);
        }
        hue = (hue + offset) & 255;
        int sixth = (int) Math.floor(hue * 6.0 / 255.0);
        float fraction = (float) (hue * 6.0 / 255.0 - sixth);
        float share = (float) (saturation / 255.0);
        int p = (int) Math.floor(max * (1.0 - share) + 0.5);
        int q = (int) Math.floor(max * (1.0 - share * fraction) + 0.5);
        int t = (int) Math.floor(max * (1.0 - share * (1.0 - fraction)) + 0.5);
        return switch (sixth % 6) {
            case 0 -> max << 16 | t << 8 | p;
            case 1 -> q << 16 | max << 8 | p;
            case 2 -> p << 16 | max << 8 | t;
            case 3 -> p << 16 | q << 8 | max;
            case 4 -> t << 16 | p << 8 | max;
            default -> max << 16 | p << 8 | q;
        };
    }

    @Test
    void blurs() {
        Draws draws = Draws.of(12, 0, 0, 0);
        for (int round = 0; round < 80; round++) {
            int[] size = SIZES[round % SIZES.length];
            Image image = random(size, round);
            float sigma = (float) draws.uniform(0, round % 4 == 0 ? 12 : 2);
            int[] expected = ints(image);
            float radius = BoxBlur.boxRadius(sigma);
            for (int pass = 0; pass < 6; pass++) {
                expected =
                        pass < 3 ? boxed(expected, size[0], radius, 3) : boxed(expected, size[1], radius, 3 * size[0]);
            }
            assertThat(after(image, canvas -> canvas.gaussianBlur(sigma))).containsExactly(expected);
        }
    }

    /** One extended box, across for a step of 3, down for a step of a row; outside it is as at the edge. */
    private static int[] boxed(int[] rgb, int count, float boxRadius, int step) {
        int radius = (int) boxRadius;
        long centre = (long) ((1 << 24) / (boxRadius * 2 + 1));
        long edge = ((1 << 24) - (radius * 2 + 1) * centre) / 2;
        int[] result = new int[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            int place = i / step % count;
            long sum = 1 << 23;
            for (int k = -radius - 1; k <= radius + 1; k++) {
                int other = Math.max(0, Math.min(count - 1, place + k));
                sum += rgb[i + (other - place) * step] * (Math.abs(k) > radius ? edge : centre);
            }
            result[i] = (int) (sum >> 24);
        }
        return result;
    }

    @Test
    void resizes() {
        Draws draws = Draws.of(13, 0, 0, 0);
        for (int round = 0; round < 200; round++) {
            int[] size = SIZES[round % SIZES.length];
            Image image = random(size, round);
            int cropWidth = 1 + draws.below(size[0]);
            int cropHeight = 1 + draws.below(size[1]);
            int left = draws.below(size[0] - cropWidth + 1);
            int top = draws.below(size[1] - cropHeight + 1);
            Box crop = new Box(left, top, cropWidth, cropHeight);
            int width = 1 + draws.below(40);
            int height = 1 + draws.below(40);
            Box window = new Box(draws.below(width), draws.below(height), 1, 1);
            window = new Box(
                    window.left(),
                    window.top(),
                    1 + draws.below(width - window.left()),
                    1 + draws.below(height - window.top()));
            Box part = window;
            for (Filter filter : Filter.values()) {
                int[] slow = resized(image, crop, width, height, filter);
                int[] expected = new int[3 * part.width() * part.height()];
                for (int y = 0; y < part.height(); y++) {
                    int from = 3 * ((part.top() + y) * width + part.left());
                    System.arraycopy(slow, from, expected, 3 * y * part.width(), 3 * part.width());
                }
                int[] fast = after(image, canvas -> canvas.cropAndResize(crop, width, height, part, filter));
                assertThat(fast).containsExactly(expected);
            }
        }
    }

    private static int[] resized(Image image, Box crop, int width, int height, Filter filter) {
        int[] all = ints(image);
        int[] cropped = new int[3 * crop.width() * crop.height()];
        for (int y = 0; y < crop.height(); y++) {
            int from = 3 * ((crop.top() + y) * image.width() + crop.left());
            System.arraycopy(all, from, cropped, 3 * y * crop.width(), 3 * crop.width());
        }
        int[] rows = oneWay(cropped, crop.width(), width, crop.height(), 3, 3 * crop.width(), 3 * width, filter);
        return oneWay(rows, crop.height(), height, width, 3 * width, 3, 3, filter);
    }

    /** Resizes along one direction; the steps are from an input, a line and a line of the result to the next. */
    private static int[] oneWay(
            int[] in, int inputs, int outputs, int lines, int step, int lineStep, int outLineStep, Filter filter) {
        int[] out = new int[3 * outputs * lines];
        double scale = (double) inputs / outputs;
        double stretch = Math.max(1, scale);
        for (int o = 0; o < outputs; o++) {
            double centre = (o + 0.5) * scale;
            int low = Math.max(0, (int) (centre - filter.support() * stretch + 0.5));
            int high = Math.min(inputs, (int) (centre + filter.support() * stretch + 0.5));
            double total = 0;
            for (int i = low; i < high; i++) {
                total += filter.weight(Math.abs((i - centre + 0.5) / stretch));
            }
            for (int line = 0; line < lines; line++) {
                for (int c = 0; c < 3; c++) {
                    int sum = 1 << 21;
                    for (int i = low; i < high; i++) {
                        double weight = filter.weight(Math.abs((i - centre + 0.5) * (1.0 / stretch))) / total;
                        sum += in[line * lineStep + i * step + c]
                                * (int) ((weight < 0 ? -0.5 : 0.5) + weight * (1 << 22));
                    }
                    out[line * outLineStep + o * step + c] = Math.max(0, Math.min(255, sum >> 22));
                }
            }
        }
        return out;
    }
}
