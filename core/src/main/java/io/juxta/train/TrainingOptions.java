package io.juxta.train;

import io.juxta.torch.Precision;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * How long and on what a run trains.
 */
@API(status = API.Status.INTERNAL)
public record TrainingOptions(
        @Means(value = "passes over the images", unit = "epochs") @Range(least = 1) @MayChange @Default("200")
        int epochs,

        @Means(
                value = "images in a step, over all processes; the last, smaller batch of an epoch is dropped",
                unit = "images")
        @Range(least = 1)
        @Default("256")
        int batchSize,

        @Means("of weights, order, augmentation and all else that is drawn") @Default("0")
        long seed,

        @Means("cpu, cuda:N, or auto: the first GPU where there is one") @MayChange @Default("auto")
        String device,

        @Means(
                value = "what networks compute in, all else is float32: tf32 and float16 need a GPU, bfloat16 pays on"
                        + " CPUs that have it too",
                source = "Micikevicius et al. 2018, section 3.1")
        @MayChange
        @Default("float32")
        Precision precision,

        @Means("threads of one operation; 0 for one for each core that the process may use")
        @Range(least = 0, most = 1024)
        @MayChange
        @Default("0")
        int threads,

        @Means("threads that decode and augment; 0 for all cores but one")
        @Range(least = 0, most = 1024)
        @MayChange
        @Default("0")
        int loaderThreads) {
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

    /**
     * Refuses fewer images than one batch has, of which an epoch would have no step.
     *
     * @throws IllegalArgumentException in one line
     */
    public void requireBatchOf(int images) {
        check(
                batchSize <= images,
                "batch-size " + batchSize + " is above the number of images, " + images + ": set it to at most "
                        + images);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
