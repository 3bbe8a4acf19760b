package io.juxta.swav;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;

/**
 * How SwAV assigns samples to prototypes.
 *
 * @param epsilon ε of Sinkhorn: 0.05; less, 0.03, where the loss stays at ln K
 * @param sinkhornIterations rounds of Sinkhorn: 3
 * @param queueLength embeddings kept for the assignment, of each assigned crop: 0 for none with large batches, 3840 with
 *     a batch of 256
 * @param epochQueueStarts the epoch, from 0, from which on embeddings are queued: 15 with a batch of 256
 * @param freezePrototypes steps in which prototypes stay as they are: 313 with a batch of 4096, 5005 with 256, one epoch
 *     of ImageNet in both
 */
public record SwavOptions(
        @Default("0.05") double epsilon,
        @Default("3") int sinkhornIterations,
        @Default("0") int queueLength,
        @MayChange @Default("15") int epochQueueStarts,
        @MayChange @Default("313") long freezePrototypes) {
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
