package io.juxta.eval;

import io.juxta.train.LearningRate;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import java.util.Optional;

/**
 * Options of {@link LinearProbe}. The defaults of the record are those of MoCo's main_lincls.py; {@link #of} takes those
 * of {@code protocol} for what is not said.
 *
 * @param protocol whose values hold where nothing else is said; the values themselves are in the other components
 * @param epochs passes over the training images, 100
 * @param lr learning rate, 30; SwAV's 0.3
 * @param momentum of the gradient, 0.9
 * @param weightDecay 0; SwAV's 1e-6
 * @param lrSchedule {@code step}, a tenth at each milestone; SwAV's {@code cosine} falls to 0 over the epochs
 * @param schedule the milestones of {@code step}: epochs, counted from 0, from which on the learning rate is a tenth: 60,
 *     80
 * @param batchSize images in a step, 256; the last batch of an epoch may be smaller
 * @param batchNorm a batch norm over the features before the linear layer, with learned scale and shift, false. It takes
 *     effect on the pooled features, unlike in eval_linear.py, whose {@code --use_bn} is ignored unless global pooling is
 *     off. A last batch of one image is then passed over
 * @param mode whether training images are augmented, as in the originals, or their features computed once
 * @param seed of the initial weights and the order of cached features
 */
public record LinearProbeOptions(
        @Key("probe-protocol") @Default("moco") Protocol protocol,
        @Key("probe-epochs") @Default("100") int epochs,
        @Key("probe-lr") @Default("30") double lr,
        @Key("probe-momentum") @Default("0.9") double momentum,
        @Key("probe-weight-decay") @Default("0") double weightDecay,
        @Key("probe-lr-schedule") @Default("step") LearningRate.Schedule lrSchedule,
        @Key("probe-schedule") @Default("[60, 80]") List<Integer> schedule,
        @Key("probe-batch-size") @Default("256") int batchSize,
        @Key("probe-bn") @Default("false") boolean batchNorm,
        @Key("probe-mode") @Default("augmented") Mode mode,
        @Key("seed") @Default("0") long seed) {
    /** Whose program is followed. */
    public enum Protocol {
        /** facebookresearch/moco, main_lincls.py. */
        MOCO("MoCo's", ""),
        /** facebookresearch/swav, eval_linear.py: rate 0.3 falling by a cosine, weight decay 1e-6. */
        SWAV("SwAV's", "probe-lr: 0.3\nprobe-weight-decay: 1e-6\nprobe-lr-schedule: cosine\n");

        private final String whose;
        private final String recipe;

        Protocol(String whose, String recipe) {
            this.whose = whose;
            this.recipe = recipe;
        }
    }

    /** What must be known before the rest can be read. */
    private record Whose(
            @Key("probe-protocol") @Default("moco") Protocol protocol) {}

    /** What the classifier is trained on. */
    public enum Mode {
        /** The originals' protocol: every epoch sees new crops and flips, so features are computed every epoch. */
        AUGMENTED("protocol: augmented training images"),
        /**
         * Features of plain images, computed once: some hundred times less work, but not the original's protocol, and
         * its accuracy must not be compared with published ones.
         */
        CACHED("not the original protocol: features of plain training images, computed once");

        private final String protocol;

        Mode(String protocol) {
            this.protocol = protocol;
        }
    }

    public LinearProbeOptions {
        schedule = List.copyOf(schedule);
        require(epochs >= 1, "probe-epochs " + epochs + " must be at least 1");
        require(lr > 0 && lr < 1000, "probe-lr " + lr + " must be above 0 and below 1000 (MoCo's is 30, SwAV's 0.3)");
        require(momentum >= 0 && momentum < 1, "probe-momentum " + momentum + " must be from 0 to below 1");
        require(
                weightDecay >= 0 && weightDecay < 1,
                "probe-weight-decay " + weightDecay + " must be from 0 to below 1");
        int least = batchNorm ? 2 : 1;
        require(
                batchSize >= least,
                "probe-batch-size " + batchSize + " must be at least " + least
                        + (batchNorm ? ": a batch norm of one image knows nothing" : ""));
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

    /** MoCo's. */
    public static LinearProbeOptions defaults() {
        return of(List.of());
    }

    /**
     * Options as {@code --set} gives them, with the protocol's values for what is not said.
     *
     * @param overrides {@code key=value}, as {@code probe-protocol=swav}
     * @throws RecipeException when a key is not known or a value cannot be
     */
    public static LinearProbeOptions of(List<String> overrides) {
        Protocol protocol = Recipe.parse("", "--set").with(overrides).bind(Whose.class).protocol;
        Recipe recipe = Recipe.parse(protocol.recipe, "--set").with(overrides);
        LinearProbeOptions options = recipe.bind(LinearProbeOptions.class);
        recipe.checkAllKnown();
        return options;
    }

    /** The learning rate of an epoch, counted from 0. */
    public double lr(int epoch) {
        LearningRate rate =
                new LearningRate(lr, lrSchedule, schedule, LearningRate.Updates.EPOCH, 0, 0, Optional.empty(), 0);
        return rate.at(epoch, 0, 1, epochs);
    }

    /** What to say beside a number that was reached with these options. */
    public String said() {
        String whose = mode == Mode.AUGMENTED ? protocol.whose + " " : "";
        return whose + mode.protocol + (batchNorm ? "; batch norm before the classifier" : "");
    }
}
