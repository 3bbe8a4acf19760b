package io.juxta.train.health;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Of a run that predicts what a teacher says. It collapses in one of two ways (Caron et al., 2021, section 5.3): one output is the answer
 * to all images, or all outputs are alike for each.
 */
final class SelfTaughtExamination extends EmbeddingExamination {
    private static final String ENTROPY = "target_entropy";
    private static final String USAGE = "target_usage";

    SelfTaughtExamination(List<Map<String, Double>> epochs, Diagnosis.SelfTaught task) {
        super(epochs, task);
    }

    @Override
    Optional<Diagnosis> particular() {
        if (now(ENTROPY) > Diagnosis.UNDECIDED) {
            return Optional.of(new Diagnosis(
                    Verdict.COLLAPSED,
                    "the teacher says the same of all images: that every output is as good (" + particulars() + ", "
                            + loss() + ")",
                    "start anew with a lower teacher-T-start and teacher-T, which sharpen it, more freeze-last-layer,"
                            + " or a lower lr"));
        }
        if (now(USAGE) < Diagnosis.COLLAPSED_USAGE) {
            return Optional.of(new Diagnosis(
                    Verdict.COLLAPSED,
                    "nearly all images get the same one or two outputs (" + particulars() + ", " + loss() + ")",
                    "start anew with a lower centre-momentum, by which the centre follows faster, a higher teacher-T,"
                            + " m nearer to 1, or a lower lr"));
        }
        if (isLosing(USAGE)) {
            return Optional.of(new Diagnosis(
                    Verdict.COLLAPSING,
                    "ever fewer outputs are used (" + particulars() + "; best usage so far " + number(best(USAGE))
                            + ")",
                    cureOfCollapsing()));
        }
        return Optional.empty();
    }

    @Override
    String particulars() {
        return String.format(
                Locale.ROOT,
                "target entropy %s of 1, usage of outputs %s of 1, centre %s",
                number(now(ENTROPY)),
                number(now(USAGE)),
                number(now("centre")));
    }

    @Override
    String cureOfCollapse() {
        return "it does not recover: start anew with " + cureOfCollapsing();
    }

    @Override
    String cureOfCollapsing() {
        return "a lower lr or more warmup-epochs, m nearer to 1, clip-grad 0.3, norm-last-layer true";
    }

    @Override
    String cureOfStalling() {
        return "start anew with more steps (a smaller batch-size, more epochs), or with a lower teacher-T-start; a"
                + " smaller K where there are few images";
    }

    @Override
    String cureOfStandstill() {
        return "if it stays so, lower teacher-T-start, or raise lr";
    }
}
