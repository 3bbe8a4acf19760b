package io.juxta.image;

/**
 * Some rows of a canvas, each channel in an array of its own that begins at 0, with room for what is computed on the
 * way. Small enough for the first-level cache, long enough for vector instructions.
 */
final class Chunk {
    private static final int PIXELS = 1024;

    final int[] red;
    final int[] green;
    final int[] blue;
    final int[][] scratch;
    /** The pixels that count. */
    int length;

    /** @param capacity in pixels */
    private Chunk(int capacity) {
        red = new int[capacity];
        green = new int[capacity];
        blue = new int[capacity];
        scratch = new int[5][capacity];
    }

    /** Room for the rows that a chunk has at this width. */
    static Chunk of(int width) {
        return new Chunk(rows(width) * width);
    }

    boolean holds(int width) {
        return red.length >= rows(width) * width;
    }

    static int rows(int width) {
        return Math.max(1, PIXELS / width);
    }

    void load(int[] pixels, int firstRow, int rows, int width) {
        length = rows * width;
        for (int row = 0; row < rows; row++) {
            int from = 3 * (firstRow + row) * width;
            System.arraycopy(pixels, from, red, row * width, width);
            System.arraycopy(pixels, from + width, green, row * width, width);
            System.arraycopy(pixels, from + 2 * width, blue, row * width, width);
        }
    }

    void store(int[] pixels, int firstRow, int rows, int width) {
        for (int row = 0; row < rows; row++) {
            int to = 3 * (firstRow + row) * width;
            System.arraycopy(red, row * width, pixels, to, width);
            System.arraycopy(green, row * width, pixels, to + width, width);
            System.arraycopy(blue, row * width, pixels, to + 2 * width, width);
        }
    }
}
