package io.juxta.cut;

import static io.juxta.cut.CutOptions.check;

import io.juxta.train.Schedule;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import java.util.List;
import java.util.Map;

/**
 * The learning rate over a run, as CUT's program sets it: between epochs.
 *
 * @param lr the base rate: 2e-4, 2e-3 in SinCUT
 * @param lrPolicy {@code linear}, {@code step}, {@code cosine} or {@code plateau}
 * @param decayEpochs how many of the run's epochs, the last ones, {@code linear} takes to fall towards 0: 200 of 400 in
 *     CUT, 50 of 200 in FastCUT, 8 of 16 in SinCUT
 * @param lrDecayEpochs epochs between two tenths of {@code step}
 */
public record TranslationRate(
        @MayChange @Default("2e-4") double lr,
        @MayChange @Default("linear") Policy lrPolicy,
        @MayChange @Default("200") int decayEpochs,
        @MayChange @Default("50") int lrDecayEpochs)
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
