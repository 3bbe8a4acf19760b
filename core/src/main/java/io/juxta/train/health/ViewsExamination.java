package io.juxta.train.health;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Of a run that embeds two views of an image alike. */
final class ViewsExamination extends EmbeddingExamination {
    private final Diagnosis.Views task;

    ViewsExamination(List<Map<String, Double>> epochs, Diagnosis.Views task) {
        super(epochs, task);
        this.task = task;
    }

    @Override
    Optional<Diagnosis> particular() {
        if (!(now("acc1") >= Diagnosis.EASY_ACCURACY)) {
            return Optional.empty();
        }
        return Optional.of(new Diagnosis(
                Verdict.TOO_EASY,
                String.format(
                        Locale.ROOT,
                        "the other view is found in %.1f %% of cases: the task teaches nothing more",
                        now("acc1")),
                "raise batch-size, choose stronger augmentations, lower T; more images where there are few"));
    }

    @Override
    String particulars() {
        return switch (task.guard()) {
            case NEGATIVES -> String.format(Locale.ROOT, "accuracy %.1f %%", now("acc1"));
            case PREDICTOR -> "cosine of prediction and target " + number(now("target_cosine"));
            case STATISTICS ->
                Double.isNaN(now("covariance"))
                        ? "on the diagonal " + number(now("on_diagonal")) + ", off it " + number(now("off_diagonal"))
                        : "invariance " + number(now("invariance")) + ", variance " + number(now("variance"))
                                + ", covariance " + number(now("covariance"));
        };
    }

    @Override
    String cureOfCollapse() {
        return "it does not recover: start anew with " + cureOfCollapsing();
    }

    @Override
    String cureOfCollapsing() {
        return switch (task.guard()) {
            case NEGATIVES -> "a lower lr or more warmup-epochs, a larger batch-size, and a lower T";
            // Chen and He 2021, section 4.2; Grill et al. 2020, table 5
            case PREDICTOR ->
                "a lower lr, weight-decay at least 1e-4 with sgd, a hidden layer of the predictor that is narrower than its"
                        + " input; where there is a target, m nearer to 1";
            case STATISTICS ->
                "a lower lr, a larger batch-size, and more weight on what parts embeddings: std-coeff of VICReg, lambda of"
                        + " Barlow Twins";
        };
    }

    @Override
    String cureOfStalling() {
        return "start anew with more steps (a smaller batch-size, more epochs) or with lr three times as high; more images"
                + " or weaker augmentations help where there are few";
    }

    @Override
    String cureOfStandstill() {
        return "if it stays so, try lr three times as high, and three times as low";
    }
}
