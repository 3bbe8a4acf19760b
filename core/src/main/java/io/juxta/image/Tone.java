package io.juxta.image;

/**
 * Brightness, contrast, saturation and grey as Pillow's ImageEnhance and convert("L") compute them, on interleaved
 * channels of one int each. An enhancement is {@code d + factor * (v - d)} in single precision, cut to 0..255 and
 * truncated, where d is what a factor of 0 gives: black, the mean grey, or the pixel's own grey.
 */
final class Tone {
    /** The numbers from -255 to 512, cut to 0..255. */
    private static final int[] CUT = cuts();

    private Tone() {}

    /** ITU-R 601-2 luma with 16 fractional bits, rounded. */
    static int luma(int red, int green, int blue) {
        return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
    }

    /** The sum of the greys from one pixel to another. */
    static long sum(int[] pixels, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i += 3) {
            sum += luma(pixels[i], pixels[i + 1], pixels[i + 2]);
        }
        return sum;
    }

    static void grayscale(int[] pixels, int from, int to) {
        for (int i = from; i < to; i += 3) {
            int grey = luma(pixels[i], pixels[i + 1], pixels[i + 2]);
            pixels[i] = grey;
            pixels[i + 1] = grey;
            pixels[i + 2] = grey;
        }
    }

    /** Black to the picture for brightness, the mean grey to the picture for contrast, as a table of 256. */
    static int[] enhancement(int from, float factor) {
        int[] table = new int[256];
        for (int value = 0; value < 256; value++) {
            table[value] = cut(from + factor * (value - from));
        }
        return table;
    }

    static void replace(int[] pixels, int from, int to, int[] table) {
        for (int i = from; i < to; i++) {
            pixels[i] = table[pixels[i]];
        }
    }

    /** Changes of saturation by one factor. */
    static final class Saturation {
        private final float[] steps = new float[511];
        private final int[] wholes = new int[511];
        private final boolean exact;

        Saturation(float factor) {
            boolean safe = true;
            for (int difference = -255; difference <= 255; difference++) {
                float step = factor * difference;
                double whole = Math.floor(step);
                // the sum of a grey and the step is rounded once more: it must not reach the next whole number
                safe &= step - whole < 1 - 0x1p-15;
                steps[difference + 255] = step;
                // beyond a byte either way the sum is cut in any case; 255 more is where CUT has its zero
                wholes[difference + 255] = 255 + (int) Math.max(-255, Math.min(255, whole));
            }
            exact = safe;
        }

        void apply(int[] pixels, int from, int to) {
            if (exact) {
                inWholes(pixels, from, to);
            } else {
                inSteps(pixels, from, to);
            }
        }

        private void inWholes(int[] pixels, int from, int to) {
            int[] table = wholes;
            for (int i = from; i < to; i += 3) {
                int red = pixels[i];
                int green = pixels[i + 1];
                int blue = pixels[i + 2];
                int grey = luma(red, green, blue);
                int zero = 255 - grey;
                pixels[i] = CUT[grey + table[red + zero]];
                pixels[i + 1] = CUT[grey + table[green + zero]];
                pixels[i + 2] = CUT[grey + table[blue + zero]];
            }
        }

        private void inSteps(int[] pixels, int from, int to) {
            for (int i = from; i < to; i += 3) {
                int grey = luma(pixels[i], pixels[i + 1], pixels[i + 2]);
                for (int c = i; c < i + 3; c++) {
                    pixels[c] = cut(grey + steps[pixels[c] - grey + 255]);
                }
            }
        }
    }

    private static int cut(float value) {
        return value <= 0 ? 0 : value >= 255 ? 255 : (int) value;
    }

    private static int[] cuts() {
        int[] table = new int[3 * 256];
        for (int i = 0; i < table.length; i++) {
            table[i] = Math.max(0, Math.min(255, i - 255));
        }
        return table;
    }
}
