package io.juxta.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Resizing bit for bit as Pillow does it: antialiased when it shrinks, coefficients in fixed point with 22 fractional
 * bits, rows first, then columns, rounded to bytes in between. The two passes are interleaved: a resized row is kept
 * only as long as a row of the result needs it.
 */
final class Resample {
    private static final int BITS = 22;
    private static final int HALF = 1 << (BITS - 1);
    /** {@link #HALF} for each of two rows that share a long. */
    private static final long HALVES = (long) HALF << 32 | HALF;
    /** The lowest byte of each half of a long. */
    private static final long BYTES = 0xff_0000_00ffL;

    private static final VarHandle FOUR = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Taps across = new Taps();
    private final Taps down = new Taps();
    /** A ring of resized rows. */
    private int[][] lines = new int[0][];

    private int[] sums = new int[0];
    /** Two rows of the crop, each long a byte of one and of the other. */
    private long[] packed = new long[0];

    /** Resizes a crop of the image to newWidth x newHeight and writes the window of that as rows of a {@link Canvas}. */
    void run(Image image, Box crop, int newWidth, int newHeight, Box window, Filter filter, int[] result) {
        across.compute(crop.width(), 0, crop.width(), newWidth, window.left(), window.width(), filter);
        down.compute(crop.height(), 0, crop.height(), newHeight, window.top(), window.height(), filter);
        run(image, crop, window, filter, result);
    }

    /** Resizes a part of the image to newWidth x newHeight and writes that as rows of a {@link Canvas}. */
    void run(Image image, Frame frame, int newWidth, int newHeight, Filter filter, int[] result) {
        across.compute(image.width(), frame.left(), frame.width(), newWidth, 0, newWidth, filter);
        down.compute(image.height(), frame.top(), frame.height(), newHeight, 0, newHeight, filter);
        run(image, Box.whole(image.width(), image.height()), Box.whole(newWidth, newHeight), filter, result);
    }

    private void run(Image image, Box crop, Box window, Filter filter, int[] result) {
        int length = 3 * window.width();
        int stride = 3 * image.width();
        // one more than a row of the result needs, so that rows can be resized in pairs
        int ring = down.count + 1;
        reserve(ring, length);
        int end = down.first[window.height() - 1] + down.count;
        int ready = 0;
        for (int y = 0; y < window.height(); y++) {
            int first = down.first[y];
            ready = Math.max(ready, first);
            while (ready < first + down.count) {
                int start = (crop.top() + ready) * stride + 3 * crop.left();
                int[] line = lines[ready % ring];
                if (filter == Filter.BILINEAR && ready + 1 < end) {
                    int[] below = lines[(ready + 1) % ring];
                    pair(image.rgb(), start, stride, line, below, window.width());
                    ready += 2;
                } else {
                    single(image.rgb(), start, across, line, window.width());
                    ready++;
                }
            }
            vertical(first, ring, y * down.count, filter, length);
            System.arraycopy(sums, 0, result, y * length, length);
        }
    }

    private void reserve(int ring, int length) {
        if (lines.length < ring || sums.length < length) {
            int columns = Math.max(length, sums.length);
            lines = new int[Math.max(ring, lines.length)][columns];
            sums = new int[columns];
        }
    }

    private static void single(byte[] s, int start, Taps taps, int[] line, int width) {
        int[] first = taps.first;
        int[] k = taps.weights;
        int count = taps.count;
        for (int x = 0; x < width; x++) {
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
            line[x] = clip(red);
            line[x + width] = clip(green);
            line[x + 2 * width] = clip(blue);
        }
    }

    /**
     * Two rows at once: multiplications are what limits this loop, and one of 64 bits serves both rows. A triangle's
     * weights are positive and sum to one within a rounding, so that no half ever overflows into the other, and no sum
     * leaves 0 to 255.
     */
    private void pair(byte[] s, int start, int stride, int[] line, int[] below, int width) {
        int length = across.first[width - 1] + across.count - across.first[0];
        if (packed.length < 3 * length) {
            packed = new long[3 * length];
        }
        pack(s, start + 3 * across.first[0], stride, packed, 3 * length);
        int[] first = across.first;
        int[] weights = across.weights;
        switch (across.count) {
            case 2 -> two(packed, first, weights, line, below, width);
            case 3 -> three(packed, first, weights, line, below, width);
            case 4 -> four(packed, first, weights, line, below, width);
            case 5 -> five(packed, first, weights, line, below, width);
            default -> many(packed, across, line, below, width);
        }
    }

    /** Each byte becomes a long with, in the upper half, the byte a row below it; four bytes are taken at a time. */
    private static void pack(byte[] s, int start, int stride, long[] to, int length) {
        int i = 0;
        for (; i < length - 3; i += 4) {
            long upper = (int) FOUR.get(s, start + i) & 0xffffffffL;
            long both = upper | (long) (int) FOUR.get(s, start + stride + i) << 32;
            to[i] = both & BYTES;
            to[i + 1] = both >>> 8 & BYTES;
            to[i + 2] = both >>> 16 & BYTES;
            to[i + 3] = both >>> 24 & BYTES;
        }
        for (; i < length; i++) {
            to[i] = (s[start + i] & 255) | (long) (s[start + stride + i] & 255) << 32;
        }
    }

    private static void two(long[] s, int[] first, int[] k, int[] line, int[] below, int width) {
        for (int x = 0; x < width; x++) {
            int p = 3 * (first[x] - first[0]);
            int k0 = k[2 * x];
            int k1 = k[2 * x + 1];
            long red = HALVES + s[p] * k0 + s[p + 3] * k1;
            long green = HALVES + s[p + 1] * k0 + s[p + 4] * k1;
            long blue = HALVES + s[p + 2] * k0 + s[p + 5] * k1;
            store(red, green, blue, line, below, x, width);
        }
    }

    private static void three(long[] s, int[] first, int[] k, int[] line, int[] below, int width) {
        for (int x = 0; x < width; x++) {
            int p = 3 * (first[x] - first[0]);
            int k0 = k[3 * x];
            int k1 = k[3 * x + 1];
            int k2 = k[3 * x + 2];
            long red = HALVES + s[p] * k0 + s[p + 3] * k1 + s[p + 6] * k2;
            long green = HALVES + s[p + 1] * k0 + s[p + 4] * k1 + s[p + 7] * k2;
            long blue = HALVES + s[p + 2] * k0 + s[p + 5] * k1 + s[p + 8] * k2;
            store(red, green, blue, line, below, x, width);
        }
    }

    private static void four(long[] s, int[] first, int[] k, int[] line, int[] below, int width) {
        for (int x = 0; x < width; x++) {
            int p = 3 * (first[x] - first[0]);
            int k0 = k[4 * x];
            int k1 = k[4 * x + 1];
            int k2 = k[4 * x + 2];
            int k3 = k[4 * x + 3];
            long red = HALVES + s[p] * k0 + s[p + 3] * k1 + s[p + 6] * k2;
            red += s[p + 9] * k3;
            long green = HALVES + s[p + 1] * k0 + s[p + 4] * k1 + s[p + 7] * k2;
            green += s[p + 10] * k3;
            long blue = HALVES + s[p + 2] * k0 + s[p + 5] * k1 + s[p + 8] * k2;
            blue += s[p + 11] * k3;
            store(red, green, blue, line, below, x, width);
        }
    }

    private static void five(long[] s, int[] first, int[] k, int[] line, int[] below, int width) {
        for (int x = 0; x < width; x++) {
            int p = 3 * (first[x] - first[0]);
            int k0 = k[5 * x];
            int k1 = k[5 * x + 1];
            int k2 = k[5 * x + 2];
            int k3 = k[5 * x + 3];
            int k4 = k[5 * x + 4];
            long red = HALVES + s[p] * k0 + s[p + 3] * k1 + s[p + 6] * k2;
            red += s[p + 9] * k3 + s[p + 12] * k4;
            long green = HALVES + s[p + 1] * k0 + s[p + 4] * k1 + s[p + 7] * k2;
            green += s[p + 10] * k3 + s[p + 13] * k4;
            long blue = HALVES + s[p + 2] * k0 + s[p + 5] * k1 + s[p + 8] * k2;
            blue += s[p + 11] * k3 + s[p + 14] * k4;
            store(red, green, blue, line, below, x, width);
        }
    }

    private static void many(long[] s, Taps taps, int[] line, int[] below, int width) {
        int[] k = taps.weights;
        int count = taps.count;
        for (int x = 0; x < width; x++) {
            int p = 3 * (taps.first[x] - taps.first[0]);
            long red = HALVES;
            long green = HALVES;
            long blue = HALVES;
            for (int i = x * count; i < (x + 1) * count; i++, p += 3) {
                int weight = k[i];
                red += s[p] * weight;
                green += s[p + 1] * weight;
                blue += s[p + 2] * weight;
            }
            store(red, green, blue, line, below, x, width);
        }
    }

    private static void store(long red, long green, long blue, int[] line, int[] below, int x, int width) {
        line[x] = (int) red >> BITS;
        line[x + width] = (int) green >> BITS;
        line[x + 2 * width] = (int) blue >> BITS;
        below[x] = (int) (red >>> (32 + BITS));
        below[x + width] = (int) (green >>> (32 + BITS));
        below[x + 2 * width] = (int) (blue >>> (32 + BITS));
    }

    /**
     * Weighs rows of the ring into {@link #sums}. The loops below begin at 0 in every array: the compiler makes vector
     * instructions of them only as long as no array has an offset of its own, so the sums are copied to their place.
     */
    private void vertical(int first, int ring, int weights, Filter filter, int length) {
        int[] k = down.weights;
        int count = down.count;
        int[] a = lines[first % ring];
        int[] b = lines[(first + 1) % ring];
        int k0 = k[weights];
        int k1 = count > 1 ? k[weights + 1] : 0;
        if (count <= 2) {
            weigh(a, b, k0, k1, sums, length);
        } else if (count == 3) {
            weigh(a, b, lines[(first + 2) % ring], k0, k1, k[weights + 2], sums, length);
        } else if (count == 4) {
            int[] c = lines[(first + 2) % ring];
            weigh(a, b, c, lines[(first + 3) % ring], k0, k1, k[weights + 2], k[weights + 3], sums, length);
        } else {
            begin(a, b, k0, k1, sums, length);
            for (int i = 2; i < count; i += 2) {
                // an odd last row is paired with the one row that the ring has more, at no weight
                int weight = i + 1 < count ? k[weights + i + 1] : 0;
                add(lines[(first + i) % ring], lines[(first + i + 1) % ring], k[weights + i], weight, sums, length);
            }
            shift(sums, length);
        }
        if (filter != Filter.BILINEAR) {
            for (int i = 0; i < length; i++) {
                sums[i] = Math.max(0, Math.min(255, sums[i]));
            }
        }
    }

    private static void weigh(int[] a, int[] b, int k0, int k1, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = (HALF + a[i] * k0 + b[i] * k1) >> BITS;
        }
    }

    private static void weigh(int[] a, int[] b, int[] c, int k0, int k1, int k2, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = (HALF + a[i] * k0 + b[i] * k1 + c[i] * k2) >> BITS;
        }
    }

    private static void weigh(
            int[] a, int[] b, int[] c, int[] d, int k0, int k1, int k2, int k3, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = (HALF + a[i] * k0 + b[i] * k1 + c[i] * k2 + d[i] * k3) >> BITS;
        }
    }

    private static void begin(int[] a, int[] b, int k0, int k1, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = HALF + a[i] * k0 + b[i] * k1;
        }
    }

    private static void add(int[] a, int[] b, int k0, int k1, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += a[i] * k0 + b[i] * k1;
        }
    }

    private static void shift(int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] >>= BITS;
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

        void compute(int inputs, double start, double extent, int outputs, int from, int length, Filter filter) {
            double scale = (double) (float) extent / outputs;
            double filterScale = Math.max(scale, 1);
            double support = filter.support() * filterScale;
            count = widest(inputs, start, scale, support, from, length);
            reserve(length);
            Arrays.fill(weights, 0, length * count, 0);
            for (int i = 0; i < length; i++) {
                double centre = start + (from + i + 0.5) * scale;
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

        private static int widest(int inputs, double start, double scale, double support, int from, int length) {
            int widest = 1;
            for (int i = 0; i < length; i++) {
                double centre = start + (from + i + 0.5) * scale;
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
