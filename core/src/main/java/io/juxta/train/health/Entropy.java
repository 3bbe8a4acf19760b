package io.juxta.train.health;

import org.apiguardian.api.API;

/** Shannon's entropy of how a whole is shared out, in nats. */
@API(status = API.Status.INTERNAL)
public final class Entropy {
    private Entropy() {}

    /**
     * From 0, where one has all, to ln K, where all K have as much.
     *
     * @param parts counts or weights of any sum above 0, each at least 0
     */
    public static double of(double[] parts) {
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        double entropy = 0;
        for (double part : parts) {
            double p = part / sum;
            entropy -= p > 0 ? p * Math.log(p) : 0;
        }
        return entropy;
    }

    /**
     * The entropy as a share of its maximum, ln K: from 0, where one has all, to 1, where all K have as much; 1 where
     * there is only one.
     */
    public static double evenness(double[] parts) {
        return parts.length == 1 ? 1 : Math.min(1, of(parts) / Math.log(parts.length));
    }
}
