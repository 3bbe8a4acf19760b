package io.juxta.curation;

import java.util.Arrays;
import org.apiguardian.api.API;

/**
 * How a measure is spread over the pictures that could be read.
 *
 * @param count of the pictures
 * @param least of their values; 0 where there are none, as all that follows
 * @param median of their values
 * @param greatest of their values
 * @param deviation 1.4826 times the median distance from the median: the standard deviation of a normal distribution, which
 *     a few odd values do not change
 */
@API(status = API.Status.EXPERIMENTAL)
public record Distribution(int count, double least, double median, double greatest, double deviation) {
    /** What makes a median distance comparable to a standard deviation. */
    private static final double NORMAL = 1.4826;

    public static Distribution of(double[] values) {
        if (values.length == 0) {
            return new Distribution(0, 0, 0, 0, 0);
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = median(sorted);
        double[] distances = Arrays.stream(sorted)
                .map(value -> Math.abs(value - median))
                .sorted()
                .toArray();
        return new Distribution(
                sorted.length, sorted[0], median, sorted[sorted.length - 1], NORMAL * median(distances));
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
