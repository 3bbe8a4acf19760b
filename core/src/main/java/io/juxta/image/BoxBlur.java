package io.juxta.image;

import java.util.Arrays;

/**
 * Pillow's GaussianBlur, bit for bit: not a Gaussian but three extended box blurs in each direction (Gwosdek,
 * Grewenig, Bruhn and Weickert, "Theoretical foundations of Gaussian convolution by extended box filtering", SSVM
 * 2011), each rounded to bytes. It does not keep the energy of an impulse.
 *
 * <p>All six passes run over one row at a time: a row goes across three times, then through three rings of rows, one
 * for each pass down, so that the working set stays in the first-level cache. The copies, shifted and to
 * the place of a result, are there because Java 17's compiler turns sums over several arrays into vector instructions
 * only where every array begins at 0; that is worth a factor of ten.
 */
final class BoxBlur {
    private static final int PASSES = 3;
    private static final int ROUND = 1 << 23;

    /** {@code rings[p]} holds the latest rows that went through p passes down. */
    private int[][][] rings = new int[0][][];
    /** Copies of one row, the ends of its channels repeated, each a pixel further than the one before. */
    private int[][] shifted = new int[0][];
    /** The rows, or shifted rows, under the box. */
    private int[][] window = new int[0][];

    private int[] padded = new int[0];
    private int[] line = new int[0];
    private int[] sums = new int[0];

    private int centreWeight;
    private int edgeWeight;

    /** Blurs the rows of a {@link Canvas} in place. */
    void gaussian(int[] pixels, int width, int height, float sigma) {
        float boxRadius = boxRadius(sigma);
        if (boxRadius == 0) {
            return;
        }
        int radius = (int) boxRadius;
        centreWeight = (int) ((1 << 24) / (boxRadius * 2 + 1));
        edgeWeight = ((1 << 24) - (radius * 2 + 1) * centreWeight) / 2;
        int reach = radius + 1;
        int length = 3 * width;
        reserve(2 * reach + 1, length);
        for (int t = 0; t < height + PASSES * reach; t++) {
            if (t < height) {
                across(pixels, t * length, width, reach, rings[0][t % window.length]);
            }
            for (int pass = 1; pass <= PASSES; pass++) {
                int y = t - pass * reach;
                if (y >= 0 && y < height) {
                    for (int i = 0; i < window.length; i++) {
                        int row = Math.max(0, Math.min(height - 1, y - reach + i));
                        window[i] = rings[pass - 1][row % window.length];
                    }
                    if (pass < PASSES) {
                        box(rings[pass][y % window.length], length);
                    } else {
                        box(line, length);
                        System.arraycopy(line, 0, pixels, y * length, length);
                    }
                }
            }
        }
    }

    /** The radius of the box whose triple application resembles a Gaussian, in Pillow's single precision. */
    static float boxRadius(float sigma) {
        float variance = sigma * sigma / PASSES;
        float boxLength = (float) Math.sqrt(12.0 * variance + 1.0);
        float whole = (float) Math.floor((boxLength - 1.0) / 2.0);
        float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
        part /= 6 * (variance - (whole + 1) * (whole + 1));
        return whole + part;
    }

    private void across(int[] pixels, int start, int width, int reach, int[] to) {
        int plane = width + 2 * reach;
        for (int c = 0; c < 3; c++) {
            System.arraycopy(pixels, start + c * width, padded, c * plane + reach, width);
        }
        for (int pass = 1; pass <= PASSES; pass++) {
            for (int c = 0; c < 3; c++) {
                Arrays.fill(padded, c * plane, c * plane + reach, padded[c * plane + reach]);
                int end = c * plane + reach + width;
                Arrays.fill(padded, end, end + reach, padded[end - 1]);
            }
            int length = 3 * plane - 2 * reach;
            window[0] = padded;
            for (int i = 1; i < window.length; i++) {
                System.arraycopy(padded, i, shifted[i], 0, length);
                window[i] = shifted[i];
            }
            box(line, length);
            for (int c = 0; c < 3; c++) {
                if (pass < PASSES) {
                    System.arraycopy(line, c * plane, padded, c * plane + reach, width);
                } else {
                    System.arraycopy(line, c * plane, to, c * width, width);
                }
            }
        }
    }

    /** Weighs the rows of the window, the first and the last with the weight of the edge. */
    private void box(int[] to, int length) {
        int[] first = window[0];
        int[] last = window[window.length - 1];
        if (window.length == 3) {
            three(first, window[1], last, centreWeight, edgeWeight, to, length);
        } else if (window.length == 5) {
            five(first, window[1], window[2], window[3], last, centreWeight, edgeWeight, to, length);
        } else {
            System.arraycopy(window[1], 0, sums, 0, length);
            for (int i = 2; i < window.length - 1; i++) {
                add(window[i], sums, length);
            }
            three(first, sums, last, centreWeight, edgeWeight, to, length);
        }
    }

    private static void three(int[] a, int[] b, int[] c, int centreWeight, int edgeWeight, int[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = (b[i] * centreWeight + (a[i] + c[i]) * edgeWeight + ROUND) >>> 24;
        }
    }

    private static void five(
            int[] a, int[] b, int[] c, int[] d, int[] e, int centreWeight, int edgeWeight, int[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = ((b[i] + c[i] + d[i]) * centreWeight + (a[i] + e[i]) * edgeWeight + ROUND) >>> 24;
        }
    }

    private static void add(int[] row, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += row[i];
        }
    }

    private void reserve(int rows, int length) {
        if (window.length != rows || sums.length < length + 3 * (rows - 1)) {
            int columns = Math.max(length + 3 * (rows - 1), sums.length);
            window = new int[rows][];
            shifted = new int[rows][columns];
            rings = new int[PASSES][rows][columns];
            padded = new int[columns];
            line = new int[columns];
            sums = new int[columns];
        }
    }
}
