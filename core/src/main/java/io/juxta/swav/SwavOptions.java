package io.juxta.swav;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * How SwAV assigns samples to prototypes.
 */
@API(status = API.Status.INTERNAL)
public record SwavOptions(
        @Means(
                value = "how soft the assignments of Sinkhorn are; less, 0.03, where the loss stays at ln K",
                source = "Caron et al. 2020")
        @Range(most = 10, above = 0)
        @Default("0.05")
        double epsilon,

        @Means(value = "rounds of Sinkhorn", source = "Caron et al. 2020") @Range(least = 1, most = 1000) @Default("3")
        int sinkhornIterations,

        @Means(
                value = "embeddings kept for the assignment, of each assigned crop: 0 for none with large batches, "
                        + "3840 with a batch of 256",
                source = "Caron et al. 2020")
        @Range(least = 0, most = 16777216)
        @Default("0")
        int queueLength,

        @Means(
                value = "the epoch, from 0, from which on embeddings are queued; no effect without a queue",
                unit = "epochs",
                source = "Caron et al. 2020")
        @Range(least = 0)
        @MayChange
        @Default("15")
        @OnlyWith(key = "queue-length")
        int epochQueueStarts,

        @Means(
                value = "steps in which prototypes stay as they are: 313 with a batch of 4096, 5005 with 256, one "
                        + "epoch of ImageNet in both",
                unit = "steps",
                source = "Caron et al. 2020")
        @Range(least = 0)
        @MayChange
        @Default("313")
        long freezePrototypes) {
    public SwavOptions {
        ClusterOptions.check(
                epsilon > 0 && epsilon <= 10,
                "epsilon " + epsilon + " must be above 0 and at most 10 (0.05 is the paper's)");
        ClusterOptions.check(
                sinkhornIterations >= 1 && sinkhornIterations <= 1000,
                "sinkhorn-iterations " + sinkhornIterations + " must be from 1 to 1000 (3 is the paper's)");
        ClusterOptions.check(
                queueLength >= 0 && queueLength <= 1 << 24,
                "queue-length " + queueLength + " must be from 0 (no queue) to " + (1 << 24));
        ClusterOptions.check(epochQueueStarts >= 0, "epoch-queue-starts " + epochQueueStarts + " must be at least 0");
        ClusterOptions.check(freezePrototypes >= 0, "freeze-prototypes " + freezePrototypes + " must be at least 0");
    }
}
