package io.juxta.train;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * The learning rate over a run, as MoCo's programs set it.
 */
@API(status = API.Status.INTERNAL)
public record LearningRate(
        @Means(
                value = "the base rate: MoCo's 0.03 is for a batch of 256, SwAV's 4.8 for 4096 and 0.6 for 256",
                source = "He et al. 2020; Caron et al. 2020")
        @Range(above = 0, below = 1000)
        @MayChange
        @Default("0.03")
        double lr,

        @Means(
                value = "the shape of the decay: cosine (v2, SwAV), step (v1) or constant",
                source = "Loshchilov and Hutter 2017")
        @MayChange
        @Default("cosine")
        Schedule lrSchedule,

        @Means(
                value = "epochs, counted from 0, from which on the rate is a further tenth; only with lr-schedule "
                        + "step",
                unit = "epochs",
                source = "He et al. 2020")
        @Range(least = 0)
        @MayChange
        @Default("[120, 160]")
        @OnlyWith(key = "lr-schedule", in = "step")
        List<Integer> milestones,

        @Means("epoch changes the rate between epochs, as MoCo's program does; iteration at every step, as " + "SwAV's")
        @Default("epoch")
        Updates lrUpdates,

        @Means("added to the epoch inside the cosine: 0 in MoCo's program, 1 in its CIFAR demo, which counts "
                + "from 1")
        @Range(least = 0, most = 1)
        @Default("0")
        @OnlyWith(key = "lr-schedule", in = "cosine")
        int cosineOffset,

        @Means(
                value = "epochs over which the rate first grows linearly, at every step, to the base rate; 0 for none",
                unit = "epochs",
                source = "Caron et al. 2020")
        @Range(least = 0)
        @MayChange
        @Default("0")
        int warmupEpochs,

        @Means(
                value = "the rate of the first step of the warm-up: 0.3 in SwAV's runs; null for one step's share of "
                        + "the way",
                source = "Caron et al. 2020")
        @Range(least = 0)
        @MayChange
        @OnlyWith(key = "warmup-epochs")
        Optional<Double> warmupStart,

        @Means(
                value = "the rate that the cosine ends at: 0 in MoCo, a thousandth of the base in SwAV",
                source = "Caron et al. 2020")
        @Range(least = 0)
        @MayChange
        @Default("0")
        @OnlyWith(key = "lr-schedule", in = "cosine")
        double finalLr)
        implements Schedule {

    /** The shape of the decay. */
    public enum Schedule {
        /** Half a cosine from the base rate to nearly 0 (Loshchilov and Hutter 2017). */
        COSINE,
        /** A tenth at each milestone. */
        STEP,
        /** No decay. */
        CONSTANT
    }

    /** How often the rate changes. */
    public enum Updates {
        EPOCH,
        ITERATION
    }

    public LearningRate {
        if (!(lr > 0 && lr < 1000)) {
            throw new IllegalArgumentException("lr " + lr + " must be above 0 and below 1000 (0.03 is MoCo's)");
        }
        milestones = List.copyOf(milestones);
        for (int i = 0; i < milestones.size(); i++) {
            if (milestones.get(i) < (i == 0 ? 0 : milestones.get(i - 1))) {
                throw new IllegalArgumentException("milestones " + milestones + " must not be negative and must grow");
            }
        }
        if (cosineOffset < 0 || cosineOffset > 1) {
            throw new IllegalArgumentException("cosine-offset " + cosineOffset + " must be 0 or 1");
        }
        if (warmupEpochs < 0) {
            throw new IllegalArgumentException("warmup-epochs " + warmupEpochs + " must be at least 0");
        }
        if (!(finalLr >= 0 && finalLr <= lr)) {
            throw new IllegalArgumentException("final-lr " + finalLr + " must be from 0 to lr, " + lr);
        }
        if (warmupStart.isPresent() && !(warmupStart.get() >= 0 && warmupStart.get() <= lr)) {
            throw new IllegalArgumentException("warmup-start " + warmupStart.get() + " must be from 0 to lr, " + lr);
        }
    }

    /** The same schedule from another base rate; the first and the final rate keep their proportion to it. */
    public LearningRate withLr(double base) {
        double scale = base / lr;
        return new LearningRate(
                base,
                lrSchedule,
                milestones,
                lrUpdates,
                cosineOffset,
                warmupEpochs,
                warmupStart.map(start -> start * scale),
                finalLr * scale);
    }

    @Override
    public double at(int epoch, int batch, int batches, int epochs) {
        double exact = epoch + (double) batch / batches;
        if (exact < warmupEpochs) {
            return warmingUp((long) epoch * batches + batch, (long) warmupEpochs * batches);
        }
        double now = (lrUpdates == Updates.EPOCH ? epoch : exact) + cosineOffset;
        return switch (lrSchedule) {
            case COSINE ->
                finalLr
                        + (lr - finalLr)
                                * 0.5
                                * (1 + Math.cos(Math.PI * (now - warmupEpochs) / (epochs - warmupEpochs)));
            case STEP ->
                lr
                        * Math.pow(
                                0.1,
                                milestones.stream()
                                        .filter(milestone -> epoch >= milestone)
                                        .count());
            case CONSTANT -> lr;
        };
    }

    /** Evenly from the first rate to the base rate, both included. */
    private double warmingUp(long step, long steps) {
        if (warmupStart.isEmpty()) {
            return lr * (step + 1.0) / steps;
        }
        double start = warmupStart.get();
        return steps == 1 ? lr : start + (lr - start) * step / (steps - 1.0);
    }
}
