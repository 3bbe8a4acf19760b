package io.juxta.image;

/**
 * Brightness, contrast, saturation and grey as Pillow's ImageEnhance and convert("L") compute them. An enhancement is
 * {@code d + factor * (v - d)} in single precision, cut to 0..255 and truncated, where d is what a factor of 0 gives:
 * black, the mean grey, or the pixel's own grey.
 *
 * <p>Each is first tried in integers, which the compiler turns into vector instructions: the factor in fixed point with
 * 22 fractional bits. Whether that gives the same bytes is checked for the factor at hand, for all there are; a factor
 * for which it does not, about one in a hundred, takes tables of the single-precision results.
 */
final class Tone {
    private static final int BITS = 22;

    private Tone() {}

    /** The sum of the greys; in an int, which a chunk is far from filling, for the sake of vector instructions. */
    static int sum(Chunk chunk) {
        return sum(grey(chunk), chunk.length);
    }

    private static int sum(int[] grey, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += grey[i];
        }
        return sum;
    }

    static void grayscale(Chunk chunk) {
        int[] grey = grey(chunk);
        System.arraycopy(grey, 0, chunk.red, 0, chunk.length);
        System.arraycopy(grey, 0, chunk.green, 0, chunk.length);
        System.arraycopy(grey, 0, chunk.blue, 0, chunk.length);
    }

    static void solarize(Chunk chunk, int threshold) {
        for (int[] channel : new int[][] {chunk.red, chunk.green, chunk.blue}) {
            for (int i = 0; i < chunk.length; i++) {
                channel[i] = channel[i] < threshold ? channel[i] : 255 - channel[i];
            }
        }
    }

    private static int[] grey(Chunk chunk) {
        int[] grey = chunk.scratch[0];
        luma(chunk.red, chunk.green, chunk.blue, grey, chunk.length);
        return grey;
    }

    /** ITU-R 601-2 luma with 16 fractional bits, rounded. */
    private static void luma(int[] red, int[] green, int[] blue, int[] grey, int length) {
        for (int i = 0; i < length; i++) {
            grey[i] = (19595 * red[i] + 38470 * green[i] + 7471 * blue[i] + 0x8000) >> 16;
        }
    }

    private static int cut(float value) {
        return value <= 0 ? 0 : value >= 255 ? 255 : (int) value;
    }

    /** Cuts to 0..255 without a branch or a minimum, for the sake of vector instructions. */
    private static int cut(int value) {
        int atLeast0 = value & ~(value >> 31);
        int spare = 255 - atLeast0;
        return 255 - (spare & ~(spare >> 31));
    }

    /** Brightness and contrast: a straight line through one byte that stays as it is. */
    static final class Line {
        private final int[] table = new int[256];
        private final int slope;
        private final int start;
        private final boolean straight;

        Line(int fixed, float factor) {
            slope = Math.round(factor * (1 << BITS));
            start = (fixed << BITS) - slope * fixed;
            boolean same = Math.abs(factor) < 1.99f;
            for (int value = 0; value < 256; value++) {
                table[value] = cut(fixed + factor * (value - fixed));
                same &= table[value] == cut((value * slope + start) >> BITS);
            }
            straight = same;
        }

        void apply(Chunk chunk) {
            for (int[] channel : new int[][] {chunk.red, chunk.green, chunk.blue}) {
                if (straight) {
                    inWholes(channel, slope, start, chunk.length);
                } else {
                    byTable(channel, table, chunk.length);
                }
            }
        }

        private static void inWholes(int[] channel, int slope, int start, int length) {
            for (int i = 0; i < length; i++) {
                channel[i] = cut((channel[i] * slope + start) >> BITS);
            }
        }

        private static void byTable(int[] channel, int[] table, int length) {
            for (int i = 0; i < length; i++) {
                channel[i] = table[channel[i]];
            }
        }
    }

    /** Changes of saturation by one factor. */
    static final class Saturation {
        /** The factor times each difference between a channel and the grey, from -255. */
        private final float[] steps = new float[511];

        private final int slope;
        private final boolean straight;

        Saturation(float factor) {
            slope = Math.round(factor * (1 << BITS));
            boolean same = Math.abs(factor) < 1.99f;
            for (int difference = -255; difference <= 255; difference++) {
                float step = factor * difference;
                double whole = Math.floor(step);
                steps[difference + 255] = step;
                same &= (difference * slope) >> BITS == whole;
                // the sum of grey and step is rounded once more: it must not reach the next whole number
                same &= step - whole < 1 - 0x1p-15;
            }
            straight = same;
        }

        void apply(Chunk chunk) {
            int[] grey = grey(chunk);
            for (int[] channel : new int[][] {chunk.red, chunk.green, chunk.blue}) {
                if (straight) {
                    inWholes(channel, grey, slope, chunk.length);
                } else {
                    bySteps(channel, grey, steps, chunk.length);
                }
            }
        }

        private static void inWholes(int[] channel, int[] grey, int slope, int length) {
            for (int i = 0; i < length; i++) {
                channel[i] = cut(grey[i] + (((channel[i] - grey[i]) * slope) >> BITS));
            }
        }

        private static void bySteps(int[] channel, int[] grey, float[] steps, int length) {
            for (int i = 0; i < length; i++) {
                channel[i] = cut(grey[i] + steps[channel[i] - grey[i] + 255]);
            }
        }
    }
}
