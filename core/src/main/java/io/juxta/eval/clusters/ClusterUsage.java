package io.juxta.eval.clusters;

import io.juxta.train.health.Entropy;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * How images spread over clusters.
 *
 * @param clusters K, those without an image among them
 * @param images that have a cluster
 * @param used clusters that have an image
 * @param evenness the entropy of the sizes as a share of its maximum, ln K: 1 where all clusters have as many images, 0
 *     where one has them all
 * @param largest the cluster with the most images, the first of several
 * @param most its images
 */
@API(status = API.Status.EXPERIMENTAL)
public record ClusterUsage(int clusters, int images, int used, double evenness, int largest, int most) {
    /**
     * Counts the images of each cluster.
     *
     * @param clusters of N images, from 0 to {@code K - 1}; below 0 where there is none
     * @param K at least 1
     * @throws IllegalArgumentException when a cluster is not among the K, or no image has one
     */
    public static ClusterUsage of(int[] clusters, int K) {
        int[] sizes = sizes(clusters, K);
        int images = 0;
        int used = 0;
        int largest = 0;
        for (int k = 0; k < K; k++) {
            images += sizes[k];
            used += sizes[k] > 0 ? 1 : 0;
            largest = sizes[k] > sizes[largest] ? k : largest;
        }
        if (images == 0) {
            throw new IllegalArgumentException("none of the " + clusters.length + " images has a cluster");
        }
        double evenness = Entropy.evenness(IntStream.of(sizes).asDoubleStream().toArray());
        return new ClusterUsage(K, images, used, evenness, largest, sizes[largest]);
    }

    /**
     * The number of images of each of K clusters.
     *
     * @param clusters of N images, from 0 to {@code K - 1}; below 0 where there is none
     * @throws IllegalArgumentException when a cluster is not among the K
     */
    public static int[] sizes(int[] clusters, int K) {
        int[] sizes = new int[K];
        for (int cluster : clusters) {
            if (cluster >= K) {
                throw new IllegalArgumentException(
                        "cluster " + cluster + " is not among the " + K + ", 0 to " + (K - 1));
            }
            if (cluster >= 0) {
                sizes[cluster]++;
            }
        }
        return sizes;
    }
}
