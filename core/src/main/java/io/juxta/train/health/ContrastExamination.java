package io.juxta.train.health;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Of a run that tells a query's key from a queue's. */
final class ContrastExamination extends EmbeddingExamination {
    private final Diagnosis.Contrast task;

    ContrastExamination(List<Map<String, Double>> epochs, Diagnosis.Contrast task) {
        super(epochs, task);
        this.task = task;
    }

    @Override
    Optional<Diagnosis> particular() {
        if (!(now("acc1") >= Diagnosis.EASY_ACCURACY)) {
            return Optional.empty();
        }
        String finding = String.format(
                Locale.ROOT, "the positive is found in %.1f %% of cases: the task teaches nothing more", now("acc1"));
        return Optional.of(
                task.bnGroups() == 1
                        ? new Diagnosis(
                                Verdict.TOO_EASY,
                                finding + " (bn-groups is 1: batch statistics tell which key belongs to a query)",
                                "set bn-groups to 8")
                        : new Diagnosis(
                                Verdict.TOO_EASY,
                                finding,
                                "raise K, choose a stronger augmentation, lower T; more images where there are few"));
    }

    @Override
    String particulars() {
        return String.format(Locale.ROOT, "accuracy %.1f %%", now("acc1"));
    }

    @Override
    String cureOfCollapse() {
        return "it does not recover: start anew with a lower lr or with warmup-epochs, m nearer to 1, and"
                + " weight-decay at most 1e-3";
    }

    @Override
    String cureOfCollapsing() {
        return "lower lr or set warmup-epochs, and bring m nearer to 1; a larger K helps too";
    }

    @Override
    String cureOfStalling() {
        return "start anew with more steps (a smaller batch-size, more epochs) or with lr three times as high; more images"
                + " or a weaker augmentation help where there are few";
    }

    @Override
    String cureOfStandstill() {
        return "if it stays so, try lr three times as high, and three times as low";
    }
}
