package io.juxta.train.embedding;

import io.juxta.train.LearningRate;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/**
 * What may give way so that one recipe serves any folder. Each change is announced.
 */
@API(status = API.Status.INTERNAL)
public record RateFit(
        @Means(
                value = "the batch size that lr is meant for: another one scales lr, warmup-start and final-lr in "
                        + "proportion; null takes them as they stand",
                unit = "images",
                source = "Goyal et al. 2017")
        @Range(least = 1)
        Optional<Integer> lrForBatch) {
    /** Values that were fitted stand: they must not be fitted a second time when the run's recipe is read. */
    public static final RateFit NONE = new RateFit(Optional.empty());

    public RateFit {
        lrForBatch.ifPresent(batch -> {
            if (batch < 1) {
                throw new IllegalArgumentException("lr-for-batch " + batch + " must be at least 1");
            }
        });
    }

    /**
     * The rate for a batch size.
     *
     * @param say gets a line when it changes
     */
    public LearningRate rate(LearningRate rate, int batch, Consumer<String> say) {
        if (lrForBatch.isEmpty() || lrForBatch.get() == batch) {
            return rate;
        }
        double lr = rate.lr() * batch / lrForBatch.get();
        say.accept("lr " + rate.lr() + " becomes " + lr + ": it is meant for a batch of " + lrForBatch.get() + ", not "
                + batch + " (lr-for-batch)");
        return rate.withLr(lr);
    }
}
