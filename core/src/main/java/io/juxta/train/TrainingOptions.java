package io.juxta.train;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;

/**
 * How long and on what a run trains.
 *
 * @param epochs passes over the data set
 * @param batchSize images in a step; the last, smaller batch of an epoch is dropped
 * @param seed of weights, order, augmentation and key shuffling
 * @param device {@code cpu}, {@code cuda:N} or {@code auto}
 * @param threads of one operation; 0 for one for each core that the processor tells of: juxta doctor says how many
 * @param loaderThreads that decode and augment; 0 for all cores but one
 */
public record TrainingOptions(
        @MayChange @Default("200") int epochs,
        @Default("256") int batchSize,
        @Default("0") long seed,
        @MayChange @Default("auto") String device,
        @MayChange @Default("0") int threads,
        @MayChange @Default("0") int loaderThreads) {
    public TrainingOptions {
        check(epochs >= 1, "epochs " + epochs + " must be at least 1");
        check(batchSize >= 1, "batch-size " + batchSize + " must be at least 1");
        check(threads >= 0 && threads <= 1024, "threads " + threads + " must be from 0 (one for each core) to 1024");
        check(
                loaderThreads >= 0 && loaderThreads <= 1024,
                "loader-threads " + loaderThreads + " must be from 0 (all cores but one) to 1024");
    }

    /** @throws IllegalArgumentException when batches are of one image, which a batch norm cannot learn from */
    public void requireBatchesOfTwo() {
        check(
                batchSize >= 2,
                "batch-size " + batchSize + " must be at least 2: a batch norm of one image knows nothing");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
