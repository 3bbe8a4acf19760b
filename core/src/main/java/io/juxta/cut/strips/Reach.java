package io.juxta.cut.strips;

import org.apiguardian.api.API;

/**
 * Which rows of its input a layer's row depends on. What is true of rows is true of columns.
 *
 * @param rows above and below the place where it lies, in rows of the input
 * @param halvings 1 where the sides halve, -1 where they double, else 0
 * @param grows rows that the picture gains on each side; negative where it loses some
 * @param whole whether it depends on all rows; {@code rows} then means nothing
 */
@API(status = API.Status.INTERNAL)
public record Reach(int rows, int halvings, int grows, boolean whole) {
    /** Only on the same row. */
    public static final Reach POINT = new Reach(0, 0, 0, false);

    /** On all rows, as a norm by an image's own statistics does. */
    public static final Reach WHOLE = new Reach(0, 0, 0, true);

    /** A margin of some rows that are made of those near it. */
    public static Reach padding(int rows) {
        return new Reach(0, 0, rows, false);
    }

    /** A convolution. */
    public static Reach of(int kernel, int stride, int padding) {
        return stride == 1 ? new Reach(kernel / 2, 0, padding - kernel / 2, false) : halving(kernel / 2);
    }

    /** A layer that leaves the sides as they are. */
    public static Reach near(int rows) {
        return new Reach(rows, 0, 0, false);
    }

    public static Reach halving(int rows) {
        return new Reach(rows, 1, 0, false);
    }

    public static Reach doubling(int rows) {
        return new Reach(rows, -1, 0, false);
    }

    /** Where a row of the input, or a number of rows, comes to lie. */
    long scaled(long row) {
        return halvings < 0 ? 2 * row : row >> halvings;
    }

    /**
     * How many rows of the input above and below a strip are needed to have as many of the output. Where the sides halve
     * it is even: a strip of the input begins where one of the output does.
     */
    long margin(long behind) {
        return switch (halvings) {
            case 1 -> 2 * behind + rows + rows % 2;
            case -1 -> (behind + 1) / 2 + rows;
            default -> behind + rows;
        };
    }
}
