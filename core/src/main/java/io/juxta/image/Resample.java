package io.juxta.image;

import java.util.Arrays;

/**
 * Resizing bit for bit as Pillow does it: antialiased when it shrinks, coefficients in fixed point with 22 fractional
 * bits, rows first, then columns, rounded to bytes in between. The two passes are interleaved: a resized row is kept
 * only as long as a row of the result needs it.
 */
final class Resample {
    private static final int BITS = 22;
    private static final int HALF = 1 << (BITS - 1);

    private final Taps across = new Taps();
    private final Taps down = new Taps();
    private int[][] lines = new int[0][];
    private int[] sums = new int[0];

    /** Resizes a crop of the image to newWidth x newHeight and writes the window of that, three ints a pixel. */
    void run(Image image, Box crop, int newWidth, int newHeight, Box window, Filter filter, int[] result) {
        across.compute(crop.width(), newWidth, window.left(), window.width(), filter);
        down.compute(crop.height(), newHeight, window.top(), window.height(), filter);
        int length = 3 * window.width();
        reserve(down.count, length);
        int next = 0;
        for (int y = 0; y < window.height(); y++) {
            int first = down.first[y];
            for (next = Math.max(next, first); next < first + down.count; next++) {
                int start = 3 * ((crop.top() + next) * image.width() + crop.left());
                horizontal(image.rgb(), start, filter, lines[next % down.count], window.width());
            }
            vertical(first, y * down.count, filter, result, y * length, length);
        }
    }

    private void reserve(int count, int length) {
        if (lines.length < count || sums.length < length) {
            int columns = Math.max(length, sums.length);
            lines = new int[Math.max(count, lines.length)][columns];
            sums = new int[columns];
        }
    }

    private void horizontal(byte[] source, int start, Filter filter, int[] line, int width) {
        // a triangle's weights are positive and sum to one within a rounding, so its sums never leave 0..255
        if (filter == Filter.BILINEAR && across.count == 2) {
            two(source, start, across.first, across.weights, line, width);
        } else if (filter == Filter.BILINEAR && across.count == 3) {
            three(source, start, across.first, across.weights, line, width);
        } else if (filter == Filter.BILINEAR && across.count == 4) {
            four(source, start, across.first, across.weights, line, width);
        } else {
            many(source, start, across.first, across.weights, across.count, line, width);
        }
    }

    private static void two(byte[] s, int start, int[] first, int[] k, int[] line, int width) {
        for (int x = 0, to = 0; x < width; x++, to += 3) {
            int p = start + 3 * first[x];
            int k0 = k[2 * x];
            int k1 = k[2 * x + 1];
            line[to] = (HALF + (s[p] & 255) * k0 + (s[p + 3] & 255) * k1) >> BITS;
            line[to + 1] = (HALF + (s[p + 1] & 255) * k0 + (s[p + 4] & 255) * k1) >> BITS;
            line[to + 2] = (HALF + (s[p + 2] & 255) * k0 + (s[p + 5] & 255) * k1) >> BITS;
        }
    }

    private static void three(byte[] s, int start, int[] first, int[] k, int[] line, int width) {
        for (int x = 0, to = 0; x < width; x++, to += 3) {
            int p = start + 3 * first[x];
            int k0 = k[3 * x];
            int k1 = k[3 * x + 1];
            int k2 = k[3 * x + 2];
            line[to] = (HALF + (s[p] & 255) * k0 + (s[p + 3] & 255) * k1 + (s[p + 6] & 255) * k2) >> BITS;
            line[to + 1] = (HALF + (s[p + 1] & 255) * k0 + (s[p + 4] & 255) * k1 + (s[p + 7] & 255) * k2) >> BITS;
            line[to + 2] = (HALF + (s[p + 2] & 255) * k0 + (s[p + 5] & 255) * k1 + (s[p + 8] & 255) * k2) >> BITS;
        }
    }

    private static void four(byte[] s, int start, int[] first, int[] k, int[] line, int width) {
        for (int x = 0, to = 0; x < width; x++, to += 3) {
            int p = start + 3 * first[x];
            int k0 = k[4 * x];
            int k1 = k[4 * x + 1];
            int k2 = k[4 * x + 2];
            int k3 = k[4 * x + 3];
            for (int c = 0; c < 3; c++) {
                line[to + c] = (HALF
                                + (s[p + c] & 255) * k0
                                + (s[p + c + 3] & 255) * k1
                                + (s[p + c + 6] & 255) * k2
                                + (s[p + c + 9] & 255) * k3)
                        >> BITS;
            }
        }
    }

    private static void many(byte[] s, int start, int[] first, int[] k, int count, int[] line, int width) {
        for (int x = 0, to = 0; x < width; x++, to += 3) {
            int p = start + 3 * first[x];
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            for (int i = x * count; i < (x + 1) * count; i++, p += 3) {
                int weight = k[i];
                red += (s[p] & 255) * weight;
                green += (s[p + 1] & 255) * weight;
                blue += (s[p + 2] & 255) * weight;
            }
            line[to] = clip(red);
            line[to + 1] = clip(green);
            line[to + 2] = clip(blue);
        }
    }

    private void vertical(int first, int weights, Filter filter, int[] result, int start, int length) {
        int[] k = down.weights;
        int count = down.count;
        if (filter == Filter.BILINEAR && count == 2) {
            weigh(lines[first % 2], lines[(first + 1) % 2], k[weights], k[weights + 1], result, start, length);
        } else if (filter == Filter.BILINEAR && count == 3) {
            int[] a = lines[first % 3];
            int[] b = lines[(first + 1) % 3];
            int[] c = lines[(first + 2) % 3];
            weigh(a, b, c, k[weights], k[weights + 1], k[weights + 2], result, start, length);
        } else {
            Arrays.fill(sums, 0, length, HALF);
            for (int i = 0; i < count; i++) {
                add(lines[(first + i) % count], k[weights + i], sums, length);
            }
            for (int i = 0; i < length; i++) {
                result[start + i] = Math.max(0, Math.min(255, sums[i] >> BITS));
            }
        }
    }

    private static void weigh(int[] a, int[] b, int k0, int k1, int[] result, int start, int length) {
        for (int i = 0; i < length; i++) {
            result[start + i] = (HALF + a[i] * k0 + b[i] * k1) >> BITS;
        }
    }

    private static void weigh(int[] a, int[] b, int[] c, int k0, int k1, int k2, int[] result, int start, int length) {
        for (int i = 0; i < length; i++) {
            result[start + i] = (HALF + a[i] * k0 + b[i] * k1 + c[i] * k2) >> BITS;
        }
    }

    private static void add(int[] line, int weight, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += line[i] * weight;
        }
    }

    private static int clip(int sum) {
        return Math.max(0, Math.min(255, sum >> BITS));
    }

    /** Which inputs each output of one direction is made of, and with what weights. */
    private static final class Taps {
        /** For each output of the window, its first input. */
        private int[] first = new int[0];
        /** For each output of the window, {@code count} weights. */
        private int[] weights = new int[0];

        private int count;
        private double[] exact = new double[0];

        void compute(int inputs, int outputs, int from, int length, Filter filter) {
            double scale = (double) (float) inputs / outputs;
            double filterScale = Math.max(scale, 1);
            double support = filter.support() * filterScale;
            count = widest(inputs, scale, support, from, length);
            reserve(length);
            Arrays.fill(weights, 0, length * count, 0);
            for (int i = 0; i < length; i++) {
                double centre = (from + i + 0.5) * scale;
                int low = low(centre, support);
                int taps = high(centre, support, inputs) - low;
                double total = 0;
                for (int t = 0; t < taps; t++) {
                    exact[t] = filter.weight(Math.abs((t + low - centre + 0.5) * (1.0 / filterScale)));
                    total += exact[t];
                }
                // near the end a window of `count` inputs is moved in; the inputs it gains weigh nothing
                first[i] = Math.min(low, inputs - count);
                int to = i * count + low - first[i];
                for (int t = 0; t < taps; t++) {
                    double weight = total != 0 ? exact[t] / total : exact[t];
                    weights[to + t] = (int) ((weight < 0 ? -0.5 : 0.5) + weight * (1 << BITS));
                }
            }
        }

        private static int widest(int inputs, double scale, double support, int from, int length) {
            int widest = 1;
            for (int i = 0; i < length; i++) {
                double centre = (from + i + 0.5) * scale;
                widest = Math.max(widest, high(centre, support, inputs) - low(centre, support));
            }
            return widest;
        }

        private static int low(double centre, double support) {
            return Math.max(0, (int) (centre - support + 0.5));
        }

        private static int high(double centre, double support, int inputs) {
            return Math.min(inputs, (int) (centre + support + 0.5));
        }

        private void reserve(int length) {
            if (first.length < length) {
                first = new int[length];
            }
            if (weights.length < length * count) {
                weights = new int[length * count];
            }
            if (exact.length < count) {
                exact = new double[count];
            }
        }
    }
}
