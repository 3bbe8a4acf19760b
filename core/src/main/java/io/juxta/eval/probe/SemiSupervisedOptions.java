package io.juxta.eval.probe;

import io.juxta.data.Dataset;
import io.juxta.train.Sgd;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/**
 * Options of {@link SemiSupervised}; the defaults are those of SwAV's eval_semisup.py.
 */
@API(status = API.Status.EXPERIMENTAL)
public record SemiSupervisedOptions(
        @Means(
                value = "share of the labels; null for 0.1, or for the share that a list of images has",
                source = "Caron et al. 2020")
        @Range(most = 1, above = 0)
        @Key("semi-share")
        Optional<Double> share,

        @Means(
                value = "learning rate of the encoder; null for that of the nearest share in the original: 0.01 with "
                        + "10 % of the labels, 0.02 with 1 %",
                source = "Caron et al. 2020")
        @Range(above = 0, below = 1000)
        @Key("semi-lr")
        Optional<Double> lr,

        @Means(
                value = "learning rate of the head; null for 0.2 with 10 % of the labels, 5 with 1 %",
                source = "Caron et al. 2020")
        @Range(above = 0, below = 1000)
        @Key("semi-head-lr")
        Optional<Double> headLr,

        @Means(value = "passes over the labelled images", unit = "epochs")
        @Range(least = 1)
        @Key("semi-epochs")
        @Default("20")
        int epochs,

        @Means(value = "epochs, counted from 0, from which on both rates are a fifth", unit = "epochs")
        @Range(least = 0)
        @Key("semi-schedule")
        @Default("[12, 16]")
        List<Integer> schedule,

        @Means("of the gradients") @Range(least = 0, below = 1) @Key("semi-momentum") @Default("0.9")
        double momentum,

        @Means("of all parameters") @Range(least = 0, below = 1) @Key("semi-weight-decay") @Default("0")
        double weightDecay,

        @Means(value = "images in a step; the last batch of an epoch may be smaller", unit = "images")
        @Range(least = 2)
        @Key("semi-batch-size")
        @Default("256")
        int batchSize,

        @Means(
                value =
                        "what the rate of each block of a vision transformer, or stage of a residual network, is over that of the one"
                                + " above it: 1 for the same, 0.65 to 0.9 where a large network meets few labels",
                source = "Bao et al. 2022, section 3.2")
        @Range(most = 1, above = 0)
        @Key("semi-layer-decay")
        @Default("1")
        double layerDecay,

        @Means("of the split, the head's initial weights, the order and the views of the images")
        @Key("seed")
        @Default("0")
        long seed) {
    private static final double DEFAULT_SHARE = 0.1;
    private static final double DECAY = 0.2;

    /** A share of the labels that the original has rates for. */
    private enum Known {
        ONE(0.01, 0.02, 5),
        TEN(0.1, 0.01, 0.2);

        private final double share;
        private final double lr;
        private final double headLr;

        Known(double share, double lr, double headLr) {
            this.share = share;
            this.lr = lr;
            this.headLr = headLr;
        }

        /** By ratio: 3 % is nearer to 1 % than to 10 %. */
        static Known nearest(double share) {
            return share * share < ONE.share * TEN.share ? ONE : TEN;
        }

        /** Whether a share is this one, give or take what whole images make of it. */
        boolean is(double other) {
            return Math.abs(other / share - 1) < 0.1;
        }
    }

    public SemiSupervisedOptions {
        schedule = List.copyOf(schedule);
        share.ifPresent(SemiSupervisedOptions::requireShare);
        lr.ifPresent(rate -> requireRate("semi-lr", rate));
        headLr.ifPresent(rate -> requireRate("semi-head-lr", rate));
        require(epochs >= 1, "semi-epochs " + epochs + " must be at least 1");
        for (int i = 0; i < schedule.size(); i++) {
            require(
                    schedule.get(i) >= (i == 0 ? 0 : schedule.get(i - 1)),
                    "semi-schedule " + schedule + " must not be negative and must grow");
        }
        require(momentum >= 0 && momentum < 1, "semi-momentum " + momentum + " must be from 0 to below 1");
        require(weightDecay >= 0 && weightDecay < 1, "semi-weight-decay " + weightDecay + " must be from 0 to below 1");
        require(
                layerDecay > 0 && layerDecay <= 1,
                "semi-layer-decay " + layerDecay + " must be above 0 and at most 1 (1 for the same rate everywhere)");
        require(
                batchSize >= 2,
                "semi-batch-size " + batchSize + " must be at least 2: a batch norm of one image knows nothing");
    }

    static void requireShare(double share) {
        require(
                share > 0 && share <= 1,
                "semi-share " + share + " must be above 0 and at most 1 (0.01 is 1 % of the labels)");
    }

    private static void requireRate(String key, double rate) {
        require(rate > 0 && rate < 1000, key + " " + rate + " must be above 0 and below 1000");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * These options with every rate said, and no batch larger than the labelled images are many. What was not asked for
     * is announced.
     *
     * @param split the labelled images; its share stands where these options name none
     * @param say told a line for each thing to know
     * @throws IllegalArgumentException when there are fewer than two images
     */
    public SemiSupervisedOptions fitTo(LabelSplit split, Consumer<String> say) {
        int images = split.chosen().size();
        require(images >= 2, "fine-tuning needs at least 2 labelled images, there is " + images);
        double part = share.orElse(split.share());
        Known known = Known.nearest(part);
        if (!known.is(part) && (lr.isEmpty() || headLr.isEmpty())) {
            say.accept(String.format(
                    Locale.ROOT,
                    "no rates are known for %.4g %% of the labels; for the nearest, %.0f %%, they are semi-lr %s and"
                            + " semi-head-lr %s",
                    100 * part,
                    100 * known.share,
                    known.lr,
                    known.headLr));
        }
        if (batchSize > images) {
            say.accept("semi-batch-size " + batchSize + " becomes " + images + ", the number of labelled images");
        }
        return new SemiSupervisedOptions(
                Optional.of(part),
                Optional.of(lr.orElse(known.lr)),
                Optional.of(headLr.orElse(known.headLr)),
                epochs,
                schedule,
                momentum,
                weightDecay,
                Math.min(batchSize, images),
                layerDecay,
                seed);
    }

    /** The split that {@code semi-share} and {@code seed} make of a data set. */
    public LabelSplit split(Dataset all) {
        return LabelSplit.balanced(all, share.orElse(DEFAULT_SHARE), seed);
    }

    /** The encoder's learning rate in an epoch, counted from 0. */
    public double lr(int epoch) {
        return lr.orElse(nearest().lr) * decay(epoch);
    }

    /** The head's learning rate in an epoch, counted from 0. */
    public double headLr(int epoch) {
        return headLr.orElse(nearest().headLr) * decay(epoch);
    }

    private Known nearest() {
        return Known.nearest(share.orElse(DEFAULT_SHARE));
    }

    private double decay(int epoch) {
        return Math.pow(
                DECAY, schedule.stream().filter(milestone -> epoch >= milestone).count());
    }

    Sgd.Options sgd() {
        return new Sgd.Options(momentum, weightDecay);
    }
}
