package io.juxta;

import java.util.Arrays;
import org.apiguardian.api.API;

/**
 * Features of an image's parts, in their places: a grid of vectors over the square that the network sees.
 *
 * @param rows of the grid, from the top
 * @param columns of the grid, from the left
 * @param dimension of a vector
 * @param values row by row, a vector behind the other: {@code rows * columns * dimension}
 */
@API(status = API.Status.STABLE)
public record PatchFeatures(int rows, int columns, int dimension, float[] values) {
    /** @throws IllegalArgumentException when there are not as many values as that */
    public PatchFeatures {
        if (rows < 1 || columns < 1 || dimension < 1 || values.length != (long) rows * columns * dimension) {
            throw new IllegalArgumentException(
                    values.length + " values are no grid of " + rows + " x " + columns + " vectors of " + dimension);
        }
        values = values.clone();
    }

    /** A copy of all values. */
    @Override
    public float[] values() {
        return values.clone();
    }

    /**
     * The vector of a place.
     *
     * @throws IndexOutOfBoundsException when there is no such place
     */
    public float[] at(int row, int column) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) {
            throw new IndexOutOfBoundsException(
                    "place " + row + ", " + column + " of a grid of " + rows + " x " + columns);
        }
        int from = (row * columns + column) * dimension;
        return Arrays.copyOfRange(values, from, from + dimension);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PatchFeatures features
                && rows == features.rows
                && columns == features.columns
                && dimension == features.dimension
                && Arrays.equals(values, features.values);
    }

    @Override
    public int hashCode() {
        return 31 * rows + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return rows + " x " + columns + " vectors of " + dimension;
    }
}
