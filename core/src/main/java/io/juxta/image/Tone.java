package io.juxta.image;

/**
 * Brightness, contrast, saturation and grey as Pillow's ImageEnhance and convert("L") compute them, on interleaved
 * channels of one int each. An enhancement is {@code d + factor * (v - d)} in single precision, cut to 0..255 and
 * truncated, where d is what a factor of 0 gives: black, the mean grey, or the pixel's own grey.
 */
final class Tone {
    private Tone() {}

    /** ITU-R 601-2 luma with 16 fractional bits, rounded. */
    static int luma(int red, int green, int blue) {
        return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
    }

    static void grayscale(int[] pixels, int length) {
        for (int i = 0; i < length; i += 3) {
            int grey = luma(pixels[i], pixels[i + 1], pixels[i + 2]);
            pixels[i] = grey;
            pixels[i + 1] = grey;
            pixels[i + 2] = grey;
        }
    }

    static void brightness(int[] pixels, int length, float factor) {
        enhance(pixels, length, 0, factor);
    }

    static void contrast(int[] pixels, int length, float factor) {
        long sum = 0;
        for (int i = 0; i < length; i += 3) {
            sum += luma(pixels[i], pixels[i + 1], pixels[i + 2]);
        }
        int mean = (int) (sum / (length / 3.0) + 0.5);
        enhance(pixels, length, mean, factor);
    }

    private static void enhance(int[] pixels, int length, int from, float factor) {
        int[] table = new int[256];
        for (int value = 0; value < 256; value++) {
            table[value] = blend(from, value, factor);
        }
        for (int i = 0; i < length; i++) {
            pixels[i] = table[pixels[i]];
        }
    }

    static void saturation(int[] pixels, int length, float factor) {
        float[] steps = new float[511];
        int[] wholes = new int[511];
        boolean exact = true;
        for (int difference = -255; difference <= 255; difference++) {
            float step = factor * difference;
            double whole = Math.floor(step);
            // the sum of a grey and the step is rounded once more, which could lift it over the next whole number
            exact &= step - whole < 1 - 0x1p-15;
            steps[difference + 255] = step;
            wholes[difference + 255] = (int) whole;
        }
        if (exact) {
            saturation(pixels, length, wholes);
        } else {
            saturation(pixels, length, steps);
        }
    }

    private static void saturation(int[] pixels, int length, int[] wholes) {
        for (int i = 0; i < length; i += 3) {
            int red = pixels[i];
            int green = pixels[i + 1];
            int blue = pixels[i + 2];
            int grey = luma(red, green, blue);
            int zero = 255 - grey;
            pixels[i] = Math.max(0, Math.min(255, grey + wholes[red + zero]));
            pixels[i + 1] = Math.max(0, Math.min(255, grey + wholes[green + zero]));
            pixels[i + 2] = Math.max(0, Math.min(255, grey + wholes[blue + zero]));
        }
    }

    private static void saturation(int[] pixels, int length, float[] steps) {
        for (int i = 0; i < length; i += 3) {
            int grey = luma(pixels[i], pixels[i + 1], pixels[i + 2]);
            for (int c = i; c < i + 3; c++) {
                pixels[c] = cut(grey + steps[pixels[c] - grey + 255]);
            }
        }
    }

    /** Pillow's ImagingBlend of two bytes. */
    static int blend(int from, int to, float factor) {
        return cut(from + factor * (to - from));
    }

    private static int cut(float value) {
        return value <= 0 ? 0 : value >= 255 ? 255 : (int) value;
    }
}
