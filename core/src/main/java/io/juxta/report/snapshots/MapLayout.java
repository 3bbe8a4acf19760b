package io.juxta.report.snapshots;

import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;

/**
 * Points in the plane, for a map.
 *
 * @param coordinates x and y in turn, each from -1000 to 1000; the centre of the map is 0
 */
@API(status = API.Status.INTERNAL)
public record MapLayout(List<Integer> coordinates) {
    private static final int LIMIT = 1000;

    public MapLayout {
        coordinates = List.copyOf(coordinates);
        if (coordinates.size() % 2 != 0) {
            throw new IllegalArgumentException(
                    "a layout needs pairs of coordinates, there are " + coordinates.size() + " numbers");
        }
        for (int coordinate : coordinates) {
            if (coordinate < -LIMIT || coordinate > LIMIT) {
                throw new IllegalArgumentException(
                        "a layout's coordinate " + coordinate + " must be from " + -LIMIT + " to " + LIMIT);
            }
        }
    }

    /** Centred and scaled to fill the map, both axes alike. */
    static MapLayout of(double[] points) {
        int count = points.length / 2;
        double[] middle = new double[2];
        double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (int i = 0; i < points.length; i++) {
            low[i % 2] = Math.min(low[i % 2], points[i]);
            high[i % 2] = Math.max(high[i % 2], points[i]);
        }
        double reach = 0;
        for (int axis = 0; axis < 2 && count > 0; axis++) {
            middle[axis] = (low[axis] + high[axis]) / 2;
            reach = Math.max(reach, (high[axis] - low[axis]) / 2);
        }
        List<Integer> coordinates = new ArrayList<>();
        for (int i = 0; i < points.length; i++) {
            coordinates.add(reach > 0 ? (int) Math.round(LIMIT * (points[i] - middle[i % 2]) / reach) : 0);
        }
        return new MapLayout(coordinates);
    }

    /** The number of points. */
    int size() {
        return coordinates.size() / 2;
    }

    /** x and y in turn, on the scale of -1 to 1. */
    double[] points() {
        return coordinates.stream().mapToDouble(c -> (double) c / LIMIT).toArray();
    }
}
