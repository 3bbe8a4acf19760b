package io.juxta.swav;

import io.juxta.train.recipe.Default;

/**
 * How DeepCluster-v2 clusters.
 *
 * @param kmeansIterations rounds of k-means before every epoch: 10 in the original
 */
public record DeepClusterOptions(@Default("10") int kmeansIterations) {
    public DeepClusterOptions {
        ClusterOptions.check(
                kmeansIterations >= 1 && kmeansIterations <= 1000,
                "kmeans-iterations " + kmeansIterations + " must be from 1 to 1000 (10 is the original's)");
    }
}
