package io.juxta.eval;

import io.juxta.train.Default;
import io.juxta.train.Key;
import java.util.List;

/**
 * Options of {@link LinearProbe}; the defaults are those of MoCo's main_lincls.py.
 *
 * @param epochs passes over the training images, 100
 * @param lr learning rate, 30
 * @param momentum of the gradient, 0.9
 * @param weightDecay 0
 * @param schedule epochs, counted from 0, from which on the learning rate is a tenth: 60, 80
 * @param batchSize images in a step, 256; the last batch of an epoch may be smaller
 * @param mode whether training images are augmented, as in the original, or their features computed once
 * @param seed of the initial weights and the order of cached features
 */
public record LinearProbeOptions(
        @Key("probe-epochs") @Default("100") int epochs,
        @Key("probe-lr") @Default("30") double lr,
        @Key("probe-momentum") @Default("0.9") double momentum,
        @Key("probe-weight-decay") @Default("0") double weightDecay,
        @Key("probe-schedule") @Default("[60, 80]") List<Integer> schedule,
        @Key("probe-batch-size") @Default("256") int batchSize,
        @Key("probe-mode") @Default("augmented") Mode mode,
        @Key("seed") @Default("0") long seed) {
    /** What the classifier is trained on. */
    public enum Mode {
        /** The original's protocol: every epoch sees new crops and flips, so features are computed every epoch. */
        AUGMENTED("original protocol: augmented training images"),
        /**
         * Features of plain images, computed once: some hundred times less work, but not the original's protocol, and
         * its accuracy must not be compared with published ones.
         */
        CACHED("not the original protocol: features of plain training images, computed once");

        private final String protocol;

        Mode(String protocol) {
            this.protocol = protocol;
        }

        /** What to say beside a number that was reached in this mode. */
        public String protocol() {
            return protocol;
        }
    }

    public LinearProbeOptions {
        schedule = List.copyOf(schedule);
        require(epochs >= 1, "probe-epochs " + epochs + " must be at least 1");
        require(lr > 0 && lr < 1e6, "probe-lr " + lr + " must be above 0 and below 1000000 (the original's is 30)");
        require(momentum >= 0 && momentum < 1, "probe-momentum " + momentum + " must be from 0 to below 1");
        require(
                weightDecay >= 0 && weightDecay < 1,
                "probe-weight-decay " + weightDecay + " must be from 0 to below 1");
        require(batchSize >= 1, "probe-batch-size " + batchSize + " must be at least 1");
        for (int i = 0; i < schedule.size(); i++) {
            require(
                    schedule.get(i) >= (i == 0 ? 0 : schedule.get(i - 1)),
                    "probe-schedule " + schedule + " must not be negative and must grow");
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The original's. */
    public static LinearProbeOptions defaults() {
        return new LinearProbeOptions(100, 30, 0.9, 0, List.of(60, 80), 256, Mode.AUGMENTED, 0);
    }

    /** The learning rate of an epoch, counted from 0. */
    public double lr(int epoch) {
        double rate = lr;
        for (int milestone : schedule) {
            rate *= epoch >= milestone ? 0.1 : 1;
        }
        return rate;
    }
}
