package io.juxta.train.run;

import org.apiguardian.api.API;

/**
 * What a run is judged by.
 *
 * @param column of {@code metrics.csv}
 * @param label what people call it
 * @param format of its value, as of {@link String#format}
 */
@API(status = API.Status.EXPERIMENTAL)
public record Figure(String column, String label, String format, boolean higherIsBetter) {
    /** Nearest neighbours' accuracy in percent. */
    public static final Figure KNN = new Figure("knn", "kNN", "%.2f %%", true);

    /** The kernel distance to the target domain. */
    public static final Figure KID = new Figure("kid", "KID", "%.4f", false);

    /** Average precision of boxes in percent. */
    public static final Figure AP = new Figure("ap", "AP", "%.2f", true);

    /** Whether one value is better than another. */
    public boolean isBetter(double value, double than) {
        return higherIsBetter ? value > than : value < than;
    }
}
