package io.juxta.curation;

import io.juxta.eval.neighbours.Neighbours;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * Pictures that lie alone: their mean distance to their nearest others (1 less the cosine) is odd among those of all.
 *
 * @param limit from where on it is
 * @param distribution of the mean distances
 * @param distances the mean distance of each picture that has an embedding
 * @param found the outliers, the farthest first
 */
@API(status = API.Status.EXPERIMENTAL)
public record Outliers(double limit, Distribution distribution, List<Double> distances, List<Far> found) {
    /** Of pictures fewer than this none can be said to lie alone. */
    private static final int FEWEST = 10;

    public Outliers {
        distances = List.copyOf(distances);
        found = List.copyOf(found);
    }

    /** A picture that lies alone. */
    public record Far(int image, double distance) {}

    /**
     * Finds them.
     *
     * @param places of the pictures that have an embedding, among all
     * @param deviations robust standard deviations from the median from where on a distance is odd, such as 3
     */
    public static Outliers of(Neighbours neighbours, int[] places, double deviations) {
        double[] distances = IntStream.range(0, neighbours.size())
                .mapToDouble(neighbours::distance)
                .toArray();
        Distribution distribution = Distribution.of(distances);
        double limit = distribution.median() + deviations * distribution.deviation();
        List<Far> found = IntStream.range(0, distances.length)
                .filter(i -> distances.length >= FEWEST && distribution.deviation() > 0 && distances[i] > limit)
                .mapToObj(i -> new Far(places[i], distances[i]))
                .sorted(Comparator.comparingDouble(Far::distance).reversed().thenComparingInt(Far::image))
                .toList();
        return new Outliers(
                limit, distribution, DoubleStream.of(distances).boxed().toList(), found);
    }
}
