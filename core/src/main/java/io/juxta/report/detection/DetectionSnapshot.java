package io.juxta.report.detection;

import java.util.List;
import org.apiguardian.api.API;

/**
 * What a detector was worth after an epoch.
 *
 * @param epoch finished epochs
 * @param pictures that were held out
 * @param classes in their order
 * @param mistakes the worst, in the order of the sheet
 * @param misses objects that nothing surer than one half is about
 * @param doubles objects found a second time, surer than one half
 * @param falseAlarms boxes surer than one half about no object of their class
 * @param columns of the sheet
 */
@API(status = API.Status.INTERNAL)
public record DetectionSnapshot(
        int epoch,
        int pictures,
        List<OfClass> classes,
        List<Shown> mistakes,
        long misses,
        long doubles,
        long falseAlarms,
        int columns) {
    /**
     * A class.
     *
     * @param objects held out
     * @param ap50 average precision at an overlap of one half, in percent; negative where no object counts
     * @param recall from the surest detection down, thinned out
     * @param precision at each of these
     */
    public record OfClass(String name, int objects, double ap50, List<Double> recall, List<Double> precision) {
        public OfClass {
            recall = List.copyOf(recall);
            precision = List.copyOf(precision);
            if (recall.size() != precision.size()) {
                throw new IllegalArgumentException(
                        recall.size() + " recalls and " + precision.size() + " precisions are no curve");
            }
        }
    }

    /**
     * A mistake.
     *
     * @param kind {@code miss}, {@code double} or {@code false alarm}
     * @param says what is wrong, in words
     * @param picture its name
     */
    public record Shown(String kind, String says, String picture) {}

    public DetectionSnapshot {
        classes = List.copyOf(classes);
        mistakes = List.copyOf(mistakes);
        if (columns < 1) {
            throw new IllegalArgumentException("a sheet of " + columns + " columns");
        }
    }
}
