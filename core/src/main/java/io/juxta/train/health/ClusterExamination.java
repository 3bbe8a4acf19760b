package io.juxta.train.health;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Of a run that tells which prototype an image belongs to. */
final class ClusterExamination extends EmbeddingExamination {
    private static final String ENTROPY = "prototype_entropy";
    private static final String DEAD = "dead_prototypes";

    private final Diagnosis.Clusters task;

    ClusterExamination(List<Map<String, Double>> epochs, Diagnosis.Clusters task) {
        super(epochs, task);
        this.task = task;
    }

    @Override
    Optional<Diagnosis> particular() {
        if (now(ENTROPY) < Diagnosis.COLLAPSED_USAGE) {
            return Optional.of(new Diagnosis(
                    Verdict.COLLAPSED,
                    "nearly all images have the same few prototypes (" + particulars() + ", " + loss() + ")",
                    cureOfCollapse()));
        }
        if (isLosing(ENTROPY)) {
            return Optional.of(new Diagnosis(
                    Verdict.COLLAPSING,
                    "ever fewer prototypes are used (" + particulars() + "; best usage so far " + number(best(ENTROPY))
                            + ")",
                    cureOfCollapsing()));
        }
        if (now(DEAD) > Diagnosis.DEAD_SHARE) {
            return Optional.of(new Diagnosis(
                    Verdict.IDLE,
                    "most prototypes are nearest to no image (" + particulars() + ")",
                    "fewer prototypes serve as well; " + levers()));
        }
        return Optional.empty();
    }

    @Override
    String particulars() {
        String usage = String.format(
                Locale.ROOT,
                "agreement %.1f %%, prototype usage %s of 1, %.0f %% of prototypes dead",
                now("agreement"),
                number(now(ENTROPY)),
                now(DEAD));
        return Double.isNaN(now("sharpness")) ? usage : usage + ", sharpness " + number(now("sharpness"));
    }

    @Override
    String cureOfCollapse() {
        return "it does not recover: start anew; " + levers();
    }

    @Override
    String cureOfCollapsing() {
        return levers();
    }

    @Override
    String cureOfStalling() {
        return "start anew: " + levers()
                + "; where there are few images, a smaller batch-size and more epochs (more steps)";
    }

    @Override
    String cureOfStandstill() {
        return "if it stays so: " + levers();
    }

    /** What the authors and their users found to help (swav issues 12, 62, 76, 88, 120; the README's section). */
    private String levers() {
        String lower = task.epsilon() > 0.03 ? "lower epsilon to 0.03, " : "";
        String longer = task.epsilon() > 0 ? "raise freeze-prototypes, " : "";
        return lower + longer + "set fewer prototypes, hidden-mlp 0, larger crop-min-scales, or a lower lr";
    }
}
