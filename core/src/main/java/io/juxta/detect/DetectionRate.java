package io.juxta.detect;

import io.juxta.train.Schedule;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;

/** How long a detector learns, and at which rate, counted in steps as MoCo's detection does. */
@API(status = API.Status.INTERNAL)
public record DetectionRate(
        @Means(
                value = "the base rate, for batches of reference-batch pictures",
                source = "He et al. 2020, appendix A.1")
        @Range(above = 0, below = 1000)
        @MayChange
        @Default("0.02")
        double lr,

        @Means("steps in an epoch, for batches of reference-batch pictures; 0 for as many as see each picture once")
        @Range(least = 0, most = 10000000)
        @Default("0")
        int epochSteps,

        @Means(
                "steps over which the rate first grows linearly from a thousandth, for batches of reference-batch pictures")
        @Range(least = 0, most = 10000000)
        @MayChange
        @Default("100")
        int warmupSteps,

        @Means("shares of the run after which the rate is a further tenth: 18000 and 22000 of VOC's 24000 steps")
        @Range(least = 0, most = 1)
        @MayChange
        @Default("[0.75, 0.9166666666666666]")
        List<Double> drops,

        @Means(
                "pictures in the batch that rate and steps are meant for: with n pictures the rate is n / reference-batch of"
                        + " it, and the steps so many times more")
        @Range(least = 1, most = 100000)
        @Default("16")
        int referenceBatch) {
    private static final double WARMUP_FACTOR = 0.001;

    public DetectionRate {
        if (!(lr > 0 && lr < 1000)) {
            throw new IllegalArgumentException("lr " + lr + " must be above 0 and below 1000 (0.02 is the paper's)");
        }
        if (epochSteps < 0 || epochSteps > 10_000_000) {
            throw new IllegalArgumentException("epoch-steps " + epochSteps + " must be from 0 to 10000000");
        }
        if (warmupSteps < 0 || warmupSteps > 10_000_000) {
            throw new IllegalArgumentException("warmup-steps " + warmupSteps + " must be from 0 to 10000000");
        }
        if (referenceBatch < 1 || referenceBatch > 100_000) {
            throw new IllegalArgumentException("reference-batch " + referenceBatch + " must be from 1 to 100000");
        }
        drops = List.copyOf(drops);
        if (!drops.stream().allMatch(drop -> drop >= 0 && drop <= 1)) {
            throw new IllegalArgumentException("drops " + drops + " must each be from 0 to 1");
        }
    }

    /** The rate for batches of n pictures (Goyal et al., 2017, section 2.1). */
    public double lr(int n) {
        return lr * n / referenceBatch;
    }

    /** The steps of an epoch with batches of n pictures, at least 1. */
    public int epochSteps(int n, int pictures) {
        return epochSteps == 0 ? Math.max(1, pictures / n) : scaled(epochSteps, n);
    }

    private int scaled(int steps, int n) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round((double) steps * referenceBatch / n)));
    }

    /** The rate of each step with batches of n pictures. */
    public Schedule schedule(int n) {
        double base = lr(n);
        long warmup = warmupSteps == 0 ? 0 : scaled(warmupSteps, n);
        return (epoch, batch, batches, epochs) -> {
            long step = (long) epoch * batches + batch;
            long steps = (long) epochs * batches;
            double grown = step >= warmup ? 1 : WARMUP_FACTOR + (1 - WARMUP_FACTOR) * step / warmup;
            long passed = drops.stream()
                    .filter(drop -> step >= Math.round(drop * steps))
                    .count();
            return base * grown * Math.pow(0.1, passed);
        };
    }
}
