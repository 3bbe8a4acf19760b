package io.juxta.cut.stylegan2;

/**
 * The side of a picture as StyleGAN2's networks count it, a power of two: how deep they are, and how wide.
 *
 * @param side 4, 8, 16 and so on, in pixels
 */
record Resolution(int side) {
    private static final int LEAST = 4;
    private static final int CAPPED = 32;

    /**
     * The power of two nearest to a side, as a ratio: 64 for 46 to 90 pixels.
     *
     * @throws IllegalArgumentException when that is below 4
     */
    static Resolution nearest(int pixels) {
        int side = pixels < 1 ? 0 : 1 << (int) Math.rint(Math.log(pixels) / Math.log(2));
        if (side < LEAST) {
            throw new IllegalArgumentException(
                    "images of " + pixels
                            + " px are too small for StyleGAN2's networks, which need at least 4 px: choose a larger crop-size");
        }
        return new Resolution(side);
    }

    Resolution halved() {
        return new Resolution(side / 2);
    }

    /** Halvings down to 4 pixels. */
    int halvings() {
        return Integer.numberOfTrailingZeros(side / LEAST);
    }

    /**
     * Channels of activations of this side: 16384 / side, times a multiplier.
     *
     * @param cap the most of them where the side is at most 32
     */
    int channels(double multiplier, int cap) {
        int channels = Math.max(1, (int) Math.rint(16384.0 / side * multiplier));
        return side <= CAPPED ? Math.min(cap, channels) : channels;
    }
}
