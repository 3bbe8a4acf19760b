package io.juxta.swav;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * How DeepCluster-v2 clusters.
 */
@API(status = API.Status.INTERNAL)
public record DeepClusterOptions(
        @Means(value = "rounds of k-means before every epoch", source = "Caron et al. 2020, appendix D")
        @Range(least = 1, most = 1000)
        @Default("10")
        int kmeansIterations) {
    public DeepClusterOptions {
        ClusterOptions.check(
                kmeansIterations >= 1 && kmeansIterations <= 1000,
                "kmeans-iterations " + kmeansIterations + " must be from 1 to 1000 (10 is the original's)");
    }
}
