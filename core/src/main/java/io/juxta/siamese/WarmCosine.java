package io.juxta.siamese;

import io.juxta.train.LearningRate;
import io.juxta.train.Schedule;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/** A rate that grows from 0 over the first epochs and falls by half a cosine from then on. */
@API(status = API.Status.INTERNAL)
public record WarmCosine(
        @Means(
                value = "the base rate; by lr-for-batch it is scaled to the batch size",
                source = "Chen et al. 2020; Chen and He 2021")
        @Range(above = 0, below = 1000)
        @MayChange
        @Default("0.3")
        double lr,

        @Means(
                value = "epoch changes the rate between epochs, as SimSiam's program does; iteration at every step, as "
                        + "the others'",
                source = "Chen and He 2021")
        @Default("iteration")
        LearningRate.Updates lrUpdates,

        @Means(
                value = "epochs over which the rate grows from 0, at every step: 10 in most papers, none in SimSiam",
                unit = "epochs",
                source = "Chen et al. 2020")
        @Range(least = 0)
        @MayChange
        @Default("10")
        int warmupEpochs,

        @Means(
                value = "the rate that the cosine ends at: 0, in Barlow Twins and VICReg a thousandth of the base",
                source = "Zbontar et al. 2021")
        @Range(least = 0)
        @MayChange
        @Default("0")
        double finalLr,

        @Means(
                value = "the batch size that lr is meant for: another one scales lr and final-lr in proportion; null "
                        + "takes them as they stand",
                unit = "images",
                source = "Goyal et al. 2017")
        @Range(least = 1)
        Optional<Integer> lrForBatch)
        implements Schedule {
    public WarmCosine {
        if (!(lr > 0 && lr < 1000)) {
            throw new IllegalArgumentException("lr " + lr + " must be above 0 and below 1000 (0.3 is SimCLR's)");
        }
        if (warmupEpochs < 0) {
            throw new IllegalArgumentException("warmup-epochs " + warmupEpochs + " must be at least 0");
        }
        if (!(finalLr >= 0 && finalLr <= lr)) {
            throw new IllegalArgumentException("final-lr " + finalLr + " must be from 0 to lr, " + lr);
        }
        lrForBatch.ifPresent(batch -> {
            if (batch < 1) {
                throw new IllegalArgumentException("lr-for-batch " + batch + " must be at least 1");
            }
        });
    }

    @Override
    public double at(int epoch, int batch, int batches, int epochs) {
        double exact = epoch + (double) batch / batches;
        if (exact < warmupEpochs) {
            return of(exact, warmupEpochs, epochs);
        }
        return of(lrUpdates == LearningRate.Updates.EPOCH ? epoch : exact, warmupEpochs, epochs);
    }

    /** The rate at a point of a run, all in one unit: {@code lr t / warm} before {@code warm}, the cosine from there. */
    double of(double t, double warm, double end) {
        if (t < warm) {
            return lr * t / warm;
        }
        return finalLr + (lr - finalLr) * 0.5 * (1 + Math.cos(Math.PI * (t - warm) / (end - warm)));
    }

    /**
     * The rate for a batch size. It stands as it is then, and is not fitted a second time when the run's recipe is read.
     *
     * @param say gets a line when it changes
     */
    WarmCosine fitTo(int batch, Consumer<String> say) {
        double scale = lrForBatch.map(meant -> (double) batch / meant).orElse(1.0);
        if (scale != 1) {
            say.accept("lr " + lr + " becomes " + lr * scale + ": it is meant for a batch of "
                    + lrForBatch.orElseThrow() + ", not " + batch + " (lr-for-batch)");
        }
        return new WarmCosine(lr * scale, lrUpdates, warmupEpochs, finalLr * scale, Optional.empty());
    }
}
