package io.juxta.cut.recipe;

import static io.juxta.cut.recipe.CutOptions.check;

import io.juxta.train.Schedule;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * The learning rate over a run, as CUT's program sets it: between epochs.
 */
@API(status = API.Status.INTERNAL)
public record TranslationRate(
        @Means(value = "the base rate: 2e-4, 2e-3 in SinCUT", source = "Park et al. 2020")
        @Range(above = 0, below = 1000)
        @MayChange
        @Default("2e-4")
        double lr,

        @Means(
                value = "the shape of the decay: linear, step, cosine, or plateau, a fifth whenever the loss falls no "
                        + "more",
                source = "Park et al. 2020")
        @MayChange
        @Default("linear")
        Policy lrPolicy,

        @Means(
                value = "how many of the run's epochs, the last ones, linear takes to fall towards 0: 200 of 400 in "
                        + "CUT, 50 of 200 in FastCUT, 8 of 16 in SinCUT",
                unit = "epochs",
                source = "Park et al. 2020")
        @Range(least = 0)
        @MayChange
        @Default("200")
        @OnlyWith(key = "lr-policy", in = "linear")
        int decayEpochs,

        @Means(value = "epochs between two tenths; only with lr-policy step", unit = "epochs")
        @Range(least = 1)
        @MayChange
        @Default("50")
        @OnlyWith(key = "lr-policy", in = "step")
        int lrDecayEpochs)
        implements Schedule {
    /** The shape of the decay. */
    public enum Policy {
        /** The base rate, then evenly towards 0, which the epoch after the last would have. */
        LINEAR,
        /** A tenth every few epochs. */
        STEP,
        /** Half a cosine over the whole run; the original's rises again where a run has decay epochs. */
        COSINE,
        /** A fifth whenever the loss falls no more, see {@link PlateauRate}. */
        PLATEAU
    }

    public TranslationRate {
        check(lr > 0 && lr < 1000, "lr " + lr + " must be above 0 and below 1000 (2e-4 is CUT's)");
        check(decayEpochs >= 0, "decay-epochs " + decayEpochs + " must be at least 0");
        check(lrDecayEpochs >= 1, "lr-decay-epochs " + lrDecayEpochs + " must be at least 1 (50 is CUT's)");
    }

    /**
     * The rate of a run.
     *
     * @param before metrics of the epochs that a resumed run has behind it
     */
    public Schedule schedule(List<Map<String, Double>> before) {
        return lrPolicy == Policy.PLATEAU ? new PlateauRate(lr, before) : this;
    }

    @Override
    public double at(int epoch, int batch, int batches, int epochs) {
        return lr
                * switch (lrPolicy) {
                    case LINEAR ->
                        1 - Math.max(0, epoch + 1 - constant(epochs)) / (double) (Math.min(epochs, decayEpochs) + 1);
                    case STEP -> Math.pow(0.1, epoch / lrDecayEpochs);
                    case PLATEAU -> 1;
                    case COSINE -> 0.5 * (1 + Math.cos(Math.PI * epoch / epochs));
                };
    }

    /** Epochs before the decay. */
    int constant(int epochs) {
        return Math.max(0, epochs - decayEpochs);
    }
}
