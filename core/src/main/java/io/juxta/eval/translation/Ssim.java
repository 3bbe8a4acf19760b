package io.juxta.eval.translation;

import io.juxta.image.Image;

/**
 * The structural similarity of two pictures: Wang et al., 2004, "Image Quality Assessment: From Error Visibility to
 * Structural Similarity", section III, with its constants: a Gaussian window of 11 x 11 and deviation 1.5, K1 0.01, K2
 * 0.03, on bytes (L 255), windows that lie wholly in the picture. The mean over these windows and over red, green and
 * blue; the paper has luminance alone, which would not see a wrong colour of the right brightness.
 */
final class Ssim {
    /** The side of the window. */
    static final int WINDOW = 11;

    private static final double DEVIATION = 1.5;
    private static final double C1 = (0.01 * 255) * (0.01 * 255);
    private static final double C2 = (0.03 * 255) * (0.03 * 255);
    private static final double[] WEIGHTS = weights();

    private Ssim() {}

    private static double[] weights() {
        double[] weights = new double[WINDOW];
        double sum = 0;
        for (int i = 0; i < WINDOW; i++) {
            double distance = i - WINDOW / 2;
            weights[i] = Math.exp(-distance * distance / (2 * DEVIATION * DEVIATION));
            sum += weights[i];
        }
        for (int i = 0; i < WINDOW; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    /** @param b of the size of a, which is at least 11 x 11 */
    static double of(Image a, Image b) {
        double sum = 0;
        for (int channel = 0; channel < 3; channel++) {
            sum += channel(a, b, channel);
        }
        return sum / 3;
    }

    private static double channel(Image a, Image b, int channel) {
        int width = a.width();
        double[] x = values(a, channel);
        double[] y = values(b, channel);
        double[] meanX = windows(x, width);
        double[] meanY = windows(y, width);
        double[] squareX = windows(product(x, x), width);
        double[] squareY = windows(product(y, y), width);
        double[] both = windows(product(x, y), width);
        double sum = 0;
        for (int i = 0; i < meanX.length; i++) {
            double means = meanX[i] * meanY[i];
            double squares = meanX[i] * meanX[i] + meanY[i] * meanY[i];
            double covariance = both[i] - means;
            double variances = squareX[i] + squareY[i] - squares;
            sum += (2 * means + C1) * (2 * covariance + C2) / ((squares + C1) * (variances + C2));
        }
        return sum / meanX.length;
    }

    private static double[] values(Image image, int channel) {
        byte[] rgb = image.rgb();
        double[] values = new double[rgb.length / 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = rgb[3 * i + channel] & 255;
        }
        return values;
    }

    private static double[] product(double[] a, double[] b) {
        double[] product = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            product[i] = a[i] * b[i];
        }
        return product;
    }

    /** The weighted mean in every window, rows first, then columns. */
    private static double[] windows(double[] values, int width) {
        int height = values.length / width;
        int across = width - WINDOW + 1;
        double[] rows = new double[height * across];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < WINDOW; i++) {
                for (int x = 0; x < across; x++) {
                    rows[y * across + x] += WEIGHTS[i] * values[y * width + x + i];
                }
            }
        }
        double[] windows = new double[(height - WINDOW + 1) * across];
        for (int i = 0; i < WINDOW; i++) {
            for (int to = 0; to < windows.length; to++) {
                windows[to] += WEIGHTS[i] * rows[to + i * across];
            }
        }
        return windows;
    }
}
