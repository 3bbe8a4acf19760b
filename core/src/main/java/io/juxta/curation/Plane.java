package io.juxta.curation;

import io.juxta.image.Image;

/**
 * The luma of a picture (ITU-R 601-2, rounded), and how colourful it is.
 *
 * @param luma (height, width), 0 to 255
 * @param colour mean difference of a pixel's largest and smallest channel
 */
record Plane(int width, int height, int[] luma, double colour) {
    private static final int LEVELS = 256;

    static Plane of(Image image) {
        byte[] rgb = image.rgb();
        int[] luma = new int[image.width() * image.height()];
        long colour = 0;
        for (int i = 0; i < luma.length; i++) {
            int red = rgb[3 * i] & 255;
            int green = rgb[3 * i + 1] & 255;
            int blue = rgb[3 * i + 2] & 255;
            luma[i] = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
            colour += Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
        }
        return new Plane(image.width(), image.height(), luma, (double) colour / luma.length);
    }

    /** How many pixels have each luma. */
    int[] histogram() {
        int[] counts = new int[LEVELS];
        for (int value : luma) {
            counts[value]++;
        }
        return counts;
    }

    /** The least luma that a share of the pixels does not exceed. */
    static int quantile(int[] histogram, double share) {
        long all = 0;
        for (int count : histogram) {
            all += count;
        }
        long below = 0;
        for (int level = 0; level < histogram.length; level++) {
            below += histogram[level];
            if (below >= share * all) {
                return level;
            }
        }
        return histogram.length - 1;
    }

    /** In bits. */
    static double entropy(int[] histogram) {
        double all = 0;
        for (int count : histogram) {
            all += count;
        }
        double entropy = 0;
        for (int count : histogram) {
            if (count > 0) {
                entropy -= count / all * Math.log(count / all) / Math.log(2);
            }
        }
        return Math.abs(entropy); // one level alone is -0
    }

    /**
     * Variance of the Laplacian of four neighbours over the mean square of the gradient: about 2 in sharp pictures whatever
     * their contrast, less the more blurred they are; 0 where all is one luma or there are no neighbours.
     */
    double sharpness() {
        double sum = 0;
        double squares = 0;
        long inner = Math.max(0L, width - 2) * Math.max(0, height - 2);
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int at = y * width + x;
                int laplacian = luma[at - 1] + luma[at + 1] + luma[at - width] + luma[at + width] - 4 * luma[at];
                sum += laplacian;
                squares += (double) laplacian * laplacian;
            }
        }
        double gradient = gradient();
        return inner == 0 || gradient == 0 ? 0 : Math.max(0, squares / inner - sum / inner * (sum / inner)) / gradient;
    }

    /** Its mean square: across and down, differences of neighbours. */
    private double gradient() {
        double across = 0;
        double down = 0;
        for (int at = 0; at < luma.length; at++) {
            across += at % width > 0 ? square(luma[at] - luma[at - 1]) : 0;
            down += at >= width ? square(luma[at] - luma[at - width]) : 0;
        }
        return across / Math.max(1, (width - 1.0) * height) + down / Math.max(1, width * (height - 1.0));
    }

    private static double square(int value) {
        return (double) value * value;
    }
}
