package io.juxta.train;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import java.util.List;
import java.util.Optional;

/**
 * The learning rate over a run, as MoCo's programs set it.
 *
 * @param lr the base rate: 0.03 for a batch of 256 on ImageNet
 * @param lrSchedule {@code cosine} (v2) or {@code step} (v1)
 * @param milestones epochs, counted from 0, from which on {@code step} multiplies by a further 0.1
 * @param lrUpdates {@code epoch} changes the rate between epochs, as the originals do; {@code iteration} at every step
 * @param cosineOffset added to the epoch inside the cosine: 0 in MoCo's program, 1 in its CIFAR demo, which counts from 1
 * @param warmupEpochs epochs over which the rate first grows linearly, per iteration, to the base rate; 0 for none, as
 *     in MoCo
 * @param warmupStart the rate of the first step of the warm-up: 0.3 in SwAV's runs; null for one step's share of the
 *     way
 * @param finalLr the rate that the cosine ends at: 0 in MoCo, a thousandth of the base in SwAV
 */
public record LearningRate(
        @MayChange @Default("0.03") double lr,
        @MayChange @Default("cosine") Schedule lrSchedule,
        @MayChange @Default("[120, 160]") List<Integer> milestones,
        @Default("epoch") Updates lrUpdates,
        @Default("0") int cosineOffset,
        @MayChange @Default("0") int warmupEpochs,
        @MayChange Optional<Double> warmupStart,
        @MayChange @Default("0") double finalLr)
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
