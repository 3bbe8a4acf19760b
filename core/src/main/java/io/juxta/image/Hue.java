package io.juxta.image;

/**
 * Turning the hue as torchvision does with Pillow: to 8-bit HSV, an offset that wraps around, and back. The way there
 * and back loses bits even with an offset of 0, and that is kept.
 *
 * <p>Pillow's arithmetic is in mixed single and double precision. The way there is a table of its results, indexed by
 * the order of the channels, the spread and the distance from the largest to the middle one; the way back is in
 * integers, which give the same bytes for all 2^24 colours (a test compares every one).
 */
final class Hue {
    /** Entries of the triangle of (spread, distance) with distance at most spread. */
    private static final int TRIANGLE = 256 * 257 / 2;

    private static final byte[] HUES = hues();
    private static final int[] RANGES = ranges();
    private static final int[] SECTORS = sectors();

    private Hue() {}

    /**
     * @param pixels interleaved channels
     * @param from the first channel of the first pixel
     * @param to after the last channel of the last pixel
     * @param offset what is added to the 8-bit hue, modulo 256
     */
    static void rotate(int[] pixels, int from, int to, int offset) {
        for (int i = from; i < to; i += 3) {
            int red = pixels[i];
            int green = pixels[i + 1];
            int blue = pixels[i + 2];
            int max = Math.max(red, Math.max(green, blue));
            int min = Math.min(red, Math.min(green, blue));
            int spread = max - min;
            int distance = 2 * max + min - red - green - blue;
            int hue = HUES[order(red, green, blue) * TRIANGLE + (spread * (spread + 1) >> 1) + distance];
            int sector = SECTORS[(hue + offset) & 255];
            int range = RANGES[(spread << 8) | max];
            // what the middle channel lies below the largest; a tie of the rounding cannot be, 65025 is odd
            int lowering = ((range >>> 8) * (sector >>> 24) + 32512) / 65025;
            long channels = max | ((long) (max - lowering) << 16) | ((long) (range & 255) << 32);
            // a shift takes the lowest six bits of its distance
            pixels[i] = (int) (channels >>> sector) & 255;
            pixels[i + 1] = (int) (channels >>> (sector >>> 8)) & 255;
            pixels[i + 2] = (int) (channels >>> (sector >>> 16)) & 255;
        }
    }

    /** Which of the channels are strictly below the next: three bits. */
    private static int order(int red, int green, int blue) {
        return ((red - green) >>> 31 << 2) | ((green - blue) >>> 31 << 1) | ((blue - red) >>> 31);
    }

    private static byte[] hues() {
        byte[] table = new byte[8 * TRIANGLE];
        for (int spread = 1; spread < 256; spread++) {
            for (int distance = 0; distance <= spread; distance++) {
                float middle = (float) distance / (float) spread;
                int at = spread * (spread + 1) / 2 + distance;
                table[0b001 * TRIANGLE + at] = hue(1f - middle);
                table[0b011 * TRIANGLE + at] = hue(middle - 1f);
                table[0b101 * TRIANGLE + at] = hue((float) (2.0 + middle - 1.0));
                table[0b100 * TRIANGLE + at] = hue((float) (2.0 + 1.0 - middle));
                table[0b110 * TRIANGLE + at] = hue((float) (4.0 + middle - 1.0));
                table[0b010 * TRIANGLE + at] = hue((float) (4.0 + 1.0 - middle));
            }
        }
        return table;
    }

    private static byte hue(float sixths) {
        float turn = (float) ((sixths / 6.0 + 1.0) % 1.0);
        return (byte) (int) (turn * 255.0);
    }

    /**
     * For each spread and largest channel: the smallest channel after the way there and back, and above its eight bits
     * the product of saturation and largest channel.
     */
    private static int[] ranges() {
        int[] table = new int[256 * 256];
        for (int max = 0; max < 256; max++) {
            for (int spread = 0; spread <= max; spread++) {
                int saturation = max == 0 ? 0 : (int) ((float) spread / (float) max * 255.0);
                int low = (2 * max * (255 - saturation) + 255) / 510;
                table[(spread << 8) | max] = (saturation * max << 8) | low;
            }
        }
        return table;
    }

    /**
     * For each hue in three bytes where red, green and blue are to be found: 0 in the largest, 16 in the middle, 32 in
     * the smallest channel; and in the fourth what lowers the middle channel, in 255ths of its sixth of the circle.
     */
    private static int[] sectors() {
        int[][] places = {{0, 16, 32}, {16, 0, 32}, {32, 0, 16}, {32, 16, 0}, {16, 32, 0}, {0, 32, 16}};
        int[] table = new int[256];
        for (int hue = 0; hue < 256; hue++) {
            int sixth = 6 * hue / 255;
            int fraction = 6 * hue % 255;
            int lowering = sixth % 2 == 1 ? fraction : 255 - fraction;
            int[] place = places[sixth % 6];
            table[hue] = (lowering << 24) | (place[2] << 16) | (place[1] << 8) | place[0];
        }
        return table;
    }
}
