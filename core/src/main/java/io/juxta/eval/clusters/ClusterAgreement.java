package io.juxta.eval.clusters;

import io.juxta.train.health.Entropy;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * How far clusters and classes are the same partition of images, whatever either are called.
 *
 * <p>Only sizes matter: those of the clusters, of the classes, and of what they have in common. Memory is that of the
 * images, not of clusters times classes.
 *
 * <pre>{@code
 * ClusterAgreement agreement = ClusterAgreement.of(clusters, labels);
 * }</pre>
 *
 * @param nmi normalised mutual information, from 0 to 1: 2 I(U, V) / (H(U) + H(V)), the arithmetic mean in the
 *     denominator as in scikit-learn's {@code normalized_mutual_info_score}. Many small clusters raise it by chance
 * @param ari adjusted Rand index (Hubert and Arabie 1985), at most 1 and 0 in the mean over chance: the share of the pairs
 *     of images on which both agree, adjusted for chance
 * @param images that were compared
 * @param leftOut images without a cluster or without a class
 */
@API(status = API.Status.EXPERIMENTAL)
public record ClusterAgreement(double nmi, double ari, int images, int leftOut) {
    /**
     * Compares two partitions. Where both are one cluster, or both have every image alone, they are the same, and both
     * figures are 1.
     *
     * @param clusters of N images; below 0 where there is none
     * @param labels classes of the same images; below 0 where there is none
     * @throws IllegalArgumentException when they are not as many, or no image has both
     */
    public static ClusterAgreement of(int[] clusters, int[] labels) {
        if (clusters.length != labels.length) {
            throw new IllegalArgumentException(
                    "clusters of " + clusters.length + " images cannot be compared with classes of " + labels.length);
        }
        int[] known = IntStream.range(0, clusters.length)
                .filter(i -> clusters[i] >= 0 && labels[i] >= 0)
                .toArray();
        if (known.length == 0) {
            throw new IllegalArgumentException(
                    "none of the " + clusters.length + " images has both a cluster and a class to compare");
        }
        int[] both = sizes(Arrays.stream(known)
                .mapToLong(i -> (long) clusters[i] << Integer.SIZE | labels[i])
                .toArray());
        int[] ofClusters =
                sizes(Arrays.stream(known).mapToLong(i -> clusters[i]).toArray());
        int[] ofLabels = sizes(Arrays.stream(known).mapToLong(i -> labels[i]).toArray());
        return new ClusterAgreement(
                nmi(both, ofClusters, ofLabels),
                ari(both, ofClusters, ofLabels, known.length),
                known.length,
                clusters.length - known.length);
    }

    /** How often each value is there, in rising order: sums over it do not depend on what the values are. */
    private static int[] sizes(long[] values) {
        Arrays.sort(values);
        int[] sizes = new int[values.length];
        int kinds = 0;
        for (int i = 0; i < values.length; i++) {
            kinds += i > 0 && values[i] == values[i - 1] ? 0 : 1;
            sizes[kinds - 1]++;
        }
        int[] result = Arrays.copyOf(sizes, kinds);
        Arrays.sort(result);
        return result;
    }

    private static double nmi(int[] both, int[] clusters, int[] labels) {
        double sum = entropy(clusters) + entropy(labels);
        if (sum == 0) { // one cluster, one class
            return 1;
        }
        return Math.max(0, Math.min(1, 2 * (sum - entropy(both)) / sum));
    }

    private static double entropy(int[] sizes) {
        return Entropy.of(IntStream.of(sizes).asDoubleStream().toArray());
    }

    private static double ari(int[] both, int[] clusters, int[] labels, int images) {
        double together = pairs(both);
        double inClusters = pairs(clusters);
        double inLabels = pairs(labels);
        if (together == inClusters && together == inLabels) {
            return 1;
        }
        double byChance = inClusters * inLabels / pairs(new int[] {images});
        return (together - byChance) / ((inClusters + inLabels) / 2 - byChance);
    }

    private static double pairs(int[] sizes) {
        long pairs = 0;
        for (int size : sizes) {
            pairs += (long) size * (size - 1) / 2;
        }
        return pairs;
    }
}
