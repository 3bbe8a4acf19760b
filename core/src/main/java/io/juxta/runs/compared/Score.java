package io.juxta.runs.compared;

import java.util.Arrays;
import org.apiguardian.api.API;

/**
 * A top-1 accuracy in percent and its interval of 95 %.
 *
 * @param trials how often it was measured, on labels drawn anew; 1 where all labels were used
 */
@API(status = API.Status.EXPERIMENTAL)
public record Score(double mean, double low, double high, int trials) {
    /** Of a normal distribution. */
    private static final double Z = 1.959964;

    /** Student's t at 97.5 %, by degrees of freedom from 1. */
    private static final double[] T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    /** Of so many right among images: Wilson's interval, over the images. */
    public static Score ofImages(long right, long images) {
        double n = Math.max(1, images);
        double p = right / n;
        double middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        double half = Z / (1 + Z * Z / n) * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return new Score(100 * p, 100 * Math.max(0, middle - half), 100 * Math.min(1, middle + half), 1);
    }

    /** Of accuracies in percent by labels drawn anew: Student's interval of their mean, over the draws. */
    public static Score ofDraws(double[] accuracies) {
        int n = accuracies.length;
        double mean = Arrays.stream(accuracies).average().orElse(0);
        double squares =
                Arrays.stream(accuracies).map(a -> (a - mean) * (a - mean)).sum();
        double half = n < 2 ? 100 : t(n - 1) * Math.sqrt(squares / (n - 1) / n);
        return new Score(mean, Math.max(0, mean - half), Math.min(100, mean + half), n);
    }

    private static double t(int freedom) {
        return freedom <= T.length ? T[freedom - 1] : Z;
    }

    /** Half of the interval. */
    public double half() {
        return (high - low) / 2;
    }
}
