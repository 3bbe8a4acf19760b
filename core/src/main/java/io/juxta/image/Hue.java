package io.juxta.image;

/**
 * Turning the hue as torchvision does with Pillow: to 8-bit HSV, an offset that wraps around, and back. The way there
 * and back loses bits even with an offset of 0, and that is kept.
 *
 * <p>Pillow's arithmetic is in mixed single and double precision. The way there is a table of its results, indexed by
 * the order of the channels, the spread and the distance from the largest to the middle one; the way back is in
 * integers, which give the same bytes for all 2^24 colours (a test compares every one). All but the tables is in small
 * loops that the compiler turns into vector instructions.
 */
final class Hue {
    /** For each order, spread and distance the 8-bit hue. */
    private static final byte[] HUES = hues();

    /** Bytes, so that what a photograph needs of them stays in the first-level cache. */
    private static final byte[] SATURATIONS = saturations();

    private static final int[] SECTORS = sectors();

    /** What an 8-bit hue becomes. */
    private final int[] sectors = new int[256];

    /** @param offset what is added to the 8-bit hue, modulo 256 */
    Hue(int offset) {
        for (int hue = 0; hue < 256; hue++) {
            sectors[hue] = SECTORS[(hue + offset) & 255];
        }
    }

    void apply(Chunk chunk) {
        int[] max = chunk.scratch[0];
        int[] low = chunk.scratch[1];
        int[] hue = chunk.scratch[2];
        int[] range = chunk.scratch[3];
        int[] middle = chunk.scratch[4];
        int length = chunk.length;
        extremes(chunk.red, chunk.green, chunk.blue, max, low, length);
        index(chunk.red, chunk.green, chunk.blue, max, low, hue, length);
        spread(max, low, range, length);
        lookUp(hue, range, sectors, length);
        middle(range, max, hue, middle, length);
        low(range, max, low, middle, length);
        select(hue, 0, range, low, middle, chunk.red, length);
        select(hue, 2, range, low, middle, chunk.green, length);
        select(hue, 4, range, low, middle, chunk.blue, length);
    }

    private static void extremes(int[] red, int[] green, int[] blue, int[] max, int[] min, int length) {
        for (int i = 0; i < length; i++) {
            int below = (red[i] - green[i]) & ((red[i] - green[i]) >> 31);
            max[i] = red[i] - below;
            min[i] = green[i] + below;
        }
        for (int i = 0; i < length; i++) {
            max[i] = max[i] - ((max[i] - blue[i]) & ((max[i] - blue[i]) >> 31));
            min[i] = blue[i] + ((min[i] - blue[i]) & ((min[i] - blue[i]) >> 31));
        }
    }

    /**
     * Which channels are strictly below the next (three bits), the spread, and the distance of the middle channel from
     * the largest, {@code 2 max + min} less all three. In loops over few arrays each: of a loop over all of them the
     * compiler makes code four times slower.
     */
    private static void index(int[] red, int[] green, int[] blue, int[] max, int[] min, int[] index, int length) {
        for (int i = 0; i < length; i++) {
            index[i] = ((red[i] - green[i]) >>> 31 << 18) - red[i] - green[i];
        }
        for (int i = 0; i < length; i++) {
            index[i] += ((green[i] - blue[i]) >>> 31 << 17) - blue[i];
        }
        for (int i = 0; i < length; i++) {
            index[i] += (blue[i] - red[i]) >>> 31 << 16;
        }
        for (int i = 0; i < length; i++) {
            index[i] += 258 * max[i] - 255 * min[i];
        }
    }

    private static void spread(int[] max, int[] min, int[] spread, int length) {
        for (int i = 0; i < length; i++) {
            spread[i] = 257 * max[i] - 256 * min[i];
        }
    }

    private static void lookUp(int[] hue, int[] range, int[] sectors, int length) {
        for (int i = 0; i < length; i++) {
            hue[i] = sectors[HUES[hue[i]] & 255];
            range[i] = SATURATIONS[range[i]] & 255;
        }
    }

    /**
     * What the middle channel lies below the largest: the nearest whole number to saturation * largest * fraction /
     * 65025. A tie cannot be, 65025 is odd. The quotient is estimated from below, with an error of at most 1. The range
     * is saturation * largest afterwards.
     */
    private static void middle(int[] range, int[] max, int[] sector, int[] lowering, int length) {
        for (int i = 0; i < length; i++) {
            range[i] *= max[i];
        }
        for (int i = 0; i < length; i++) {
            int product = range[i] * (sector[i] >>> 24) + 32512;
            int estimate = ((product >> 8) * 33025) >> 23;
            lowering[i] = estimate + 1 + ((product - estimate * 65025 - 65025) >> 31);
        }
    }

    /**
     * From here on the middle and the largest channel are counted from the smallest, which lies the nearest whole number
     * to saturation * largest / 255 below the largest.
     */
    private static void low(int[] range, int[] max, int[] low, int[] middle, int length) {
        for (int i = 0; i < length; i++) {
            int above = (range[i] + 128 + ((range[i] + 127) >> 8)) >> 8;
            range[i] = above;
            low[i] = max[i] - above;
        }
        for (int i = 0; i < length; i++) {
            middle[i] = range[i] - middle[i];
        }
    }

    /** The bit at this place says that the channel is the largest, the bit above it that it is the middle one. */
    private static void select(int[] sector, int bit, int[] max, int[] low, int[] middle, int[] channel, int length) {
        for (int i = 0; i < length; i++) {
            int largest = -((sector[i] >> bit) & 1);
            int between = -((sector[i] >> (bit + 1)) & 1);
            channel[i] = low[i] + (max[i] & largest) + (middle[i] & between);
        }
    }

    private static byte[] hues() {
        byte[] table = new byte[8 << 16];
        for (int spread = 1; spread < 256; spread++) {
            for (int distance = 0; distance <= spread; distance++) {
                float middle = (float) distance / (float) spread;
                int at = (spread << 8) | distance;
                table[(0b001 << 16) | at] = hue(1f - middle);
                table[(0b011 << 16) | at] = hue(middle - 1f);
                table[(0b101 << 16) | at] = hue((float) (2.0 + middle - 1.0));
                table[(0b100 << 16) | at] = hue((float) (2.0 + 1.0 - middle));
                table[(0b110 << 16) | at] = hue((float) (4.0 + middle - 1.0));
                table[(0b010 << 16) | at] = hue((float) (4.0 + 1.0 - middle));
            }
        }
        return table;
    }

    private static byte hue(float sixths) {
        float turn = (float) ((sixths / 6.0 + 1.0) % 1.0);
        return (byte) (int) (turn * 255.0);
    }

    /** For each spread and largest channel the 8-bit saturation. */
    private static byte[] saturations() {
        byte[] table = new byte[256 * 256];
        for (int max = 1; max < 256; max++) {
            for (int spread = 0; spread <= max; spread++) {
                table[(spread << 8) | max] = (byte) (int) ((float) spread / (float) max * 255.0);
            }
        }
        return table;
    }

    /**
     * For each hue two bits each for red, green and blue: 1 for the largest channel, 2 for the middle one; and from bit
     * 24 on what lowers the middle channel, in 255ths of its sixth of the circle.
     */
    private static int[] sectors() {
        int[][] places = {{1, 2, 0}, {2, 1, 0}, {0, 1, 2}, {0, 2, 1}, {2, 0, 1}, {1, 0, 2}};
        int[] table = new int[256];
        for (int hue = 0; hue < 256; hue++) {
            int sixth = 6 * hue / 255;
            int fraction = 6 * hue % 255;
            int lowering = sixth % 2 == 1 ? fraction : 255 - fraction;
            int[] place = places[sixth % 6];
            table[hue] = (lowering << 24) | (place[2] << 4) | (place[1] << 2) | place[0];
        }
        return table;
    }
}
