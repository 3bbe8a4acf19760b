package io.juxta.eval.probe;

import io.juxta.train.LearningRate;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * Options of {@link LinearProbe}. The defaults of the record are those of MoCo's main_lincls.py; {@link #of} takes those
 * of {@code protocol} for what is not said.
 */
@API(status = API.Status.EXPERIMENTAL)
public record LinearProbeOptions(
        @Means(
                value = "whose values hold where nothing else is said: main_lincls.py's or eval_linear.py's",
                source = "He et al. 2020; Caron et al. 2020")
        @Key("probe-protocol")
        @Default("moco")
        Protocol protocol,

        @Means(value = "passes over the training images", unit = "epochs")
        @Range(least = 1)
        @Key("probe-epochs")
        @Default("100")
        int epochs,

        @Means(value = "learning rate; SwAV's 0.3", source = "He et al. 2020")
        @Range(above = 0, below = 1000)
        @Key("probe-lr")
        @Default("30")
        double lr,

        @Means("of the gradient") @Range(least = 0, below = 1) @Key("probe-momentum") @Default("0.9")
        double momentum,

        @Means("of the classifier; SwAV's 1e-6") @Range(least = 0, below = 1) @Key("probe-weight-decay") @Default("0")
        double weightDecay,

        @Means("step, a tenth at each milestone; SwAV's cosine falls to 0 over the epochs")
        @Key("probe-lr-schedule")
        @Default("step")
        LearningRate.Schedule lrSchedule,

        @Means(
                value = "the milestones of step: epochs, counted from 0, from which on the rate is a tenth",
                unit = "epochs")
        @Range(least = 0)
        @Key("probe-schedule")
        @Default("[60, 80]")
        List<Integer> schedule,

        @Means(value = "images in a step; the last batch of an epoch may be smaller", unit = "images")
        @Range(least = 1)
        @Key("probe-batch-size")
        @Default("256")
        int batchSize,

        @Means("a batch norm over the features before the linear layer, with learned scale and shift")
        @Key("probe-bn")
        @Default("false")
        boolean batchNorm,

        @Means("augmented: new crops and flips every epoch, as in the originals; cached: features of plain "
                + "images, computed once")
        @Key("probe-mode")
        @Default("augmented")
        Mode mode,

        @Means("of the initial weights, the order and the views") @Key("seed") @Default("0")
        long seed,

        @Means(value = "Nesterov's variant of momentum; not with probe-momentum 0", source = "Sutskever et al. 2013")
        @Key("probe-nesterov")
        @Default("false")
        boolean nesterov,

        @Means(
                value =
                        "false: a classifier on the averages over four windows a place smaller than the map of features, four"
                                + " times as many values, as eval_linear.py without global pooling; probe-bn is then over channels",
                source = "Caron et al. 2020")
        @Key("probe-global-pooling")
        @Default("true")
        boolean globalPooling) {
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
        require(!nesterov || momentum > 0, "probe-nesterov true needs probe-momentum above 0: it is " + momentum);
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
        return of(overrides, Protocol.MOCO);
    }

    /**
     * As {@link #of(List)}.
     *
     * @param unlessSaid whose protocol holds where none is said: that of the program by whose method an encoder was trained
     */
    public static LinearProbeOptions of(List<String> overrides, Protocol unlessSaid) {
        String whose = "probe-protocol: " + unlessSaid.name().toLowerCase(Locale.ROOT) + "\n";
        Protocol protocol = Recipe.parse(whose, "--set").with(overrides).bind(Whose.class).protocol;
        Recipe recipe = Recipe.parse(whose + protocol.recipe, "--set").with(overrides);
        LinearProbeOptions options = recipe.bind(LinearProbeOptions.class);
        recipe.checkAllKnown();
        return options;
    }

    Pooling pooling() {
        return globalPooling ? Pooling.GLOBAL : Pooling.FOUR_WINDOWS;
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
        return whose
                + mode.protocol
                + (globalPooling ? "" : "; without global pooling")
                + (batchNorm ? "; batch norm before the classifier" : "");
    }
}
