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
    private static final byte[] SATURATIONS = saturations();
    private static final int[] SECTORS = sectors();

    private Hue() {}

    /**
     * @param pixels interleaved channels
     * @param offset what is added to the 8-bit hue, modulo 256
     */
    static void rotate(int[] pixels, int length, int offset) {
        for (int i = 0; i < length; i += 3) {
            int red = pixels[i];
            int green = pixels[i + 1];
            int blue = pixels[i + 2];
            int max = Math.max(red, Math.max(green, blue));
            int min = Math.min(red, Math.min(green, blue));
            int spread = max - min;
            int distance = 2 * max + min - red - green - blue;
            int hue = HUES[order(red, green, blue) * TRIANGLE + spread * (spread + 1) / 2 + distance] & 255;
            int saturation = SATURATIONS[spread << 8 | max] & 255;
            int sector = SECTORS[(hue + offset) & 255];
            // nearest byte to max * (1 - saturation / 255 * fraction); a tie cannot be, 255 is odd
            int middle = (max * (65025 - saturation * (sector & 255)) + 32512) / 65025;
            int low = (2 * max * (255 - saturation) + 255) / 510;
            pixels[i + (sector >> 8 & 3)] = max;
            pixels[i + (sector >> 10 & 3)] = middle;
            pixels[i + (sector >> 12)] = low;
        }
    }

    /** Which of the channels are strictly below the next: three bits. */
    private static int order(int red, int green, int blue) {
        return ((red - green) >>> 31) << 2 | ((green - blue) >>> 31) << 1 | (blue - red) >>> 31;
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

    private static byte[] saturations() {
        byte[] table = new byte[256 * 256];
        for (int max = 1; max < 256; max++) {
            for (int spread = 1; spread <= max; spread++) {
                table[spread << 8 | max] = (byte) (int) ((float) spread / (float) max * 255.0);
            }
        }
        return table;
    }

    /**
     * For each hue the fraction of its sixth of the circle that lowers the middle channel, in 255ths, and above it two
     * bits each for the places of the largest, the middle and the smallest channel.
     */
    private static int[] sectors() {
        int[][] places = {{0, 1, 2}, {1, 0, 2}, {1, 2, 0}, {2, 1, 0}, {2, 0, 1}, {0, 2, 1}};
        int[] table = new int[256];
        for (int hue = 0; hue < 256; hue++) {
            int sixth = 6 * hue / 255;
            int fraction = 6 * hue % 255;
            int lowering = sixth % 2 == 1 ? fraction : 255 - fraction;
            int[] place = places[sixth % 6];
            table[hue] = lowering | place[0] << 8 | place[1] << 10 | place[2] << 12;
        }
        return table;
    }
}
