package io.juxta.train.health;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Of a run that learns to embed images; the kinds of task know what is particular to them. */
abstract class EmbeddingExamination extends Examination {
    private final Diagnosis.Task task;

    EmbeddingExamination(List<Map<String, Double>> epochs, Diagnosis.Task task) {
        super(epochs, task);
        this.task = task;
    }

    /** What else may be wrong, the gravest of it. */
    abstract Optional<Diagnosis> particular();

    /** The task's own figures, for a sentence. */
    abstract String particulars();

    abstract String cureOfCollapse();

    abstract String cureOfCollapsing();

    /** Where the loss has not left the line of knowing nothing. */
    abstract String cureOfStandstill();

    /** Where it stays near that line. */
    abstract String cureOfStalling();

    @Override
    Diagnosis diagnose() {
        boolean early = isEarly();
        if (!early && isCollapsed() && isOpening()) {
            return unknown(
                    "embeddings still lie close together, but are spreading (" + embeddings() + ", " + loss() + ")");
        }
        if (!early && isCollapsed()) {
            return new Diagnosis(
                    Verdict.COLLAPSED,
                    "all images get nearly the same embedding (" + embeddings() + ", " + loss() + ")",
                    cureOfCollapse());
        }
        if (!early && isCollapsing()) {
            return new Diagnosis(
                    Verdict.COLLAPSING,
                    "embeddings are becoming alike (" + embeddings() + "; best spread so far "
                            + number(best(Health.STD)) + ", best rank " + number(best(Health.RANK)) + ")",
                    cureOfCollapsing());
        }
        Optional<Diagnosis> particular = early ? Optional.empty() : particular();
        if (particular.isPresent()) {
            return particular.get();
        }
        if (!early && isDeclining()) {
            return new Diagnosis(
                    Verdict.DECLINING,
                    "kNN accuracy falls: " + number(now("knn")) + " % after " + number(best("knn")) + " % (" + loss()
                            + ")",
                    "checkpoints/best.safetensors holds the best epoch; lower lr, or choose fewer epochs or a stronger"
                            + " augmentation");
        }
        Optional<Diagnosis> stalled = early ? Optional.empty() : stalled();
        if (stalled.isPresent()) {
            return stalled.get();
        }
        Optional<Diagnosis> starved = starved(
                "about twice image-size", "loader-threads where cores are idle, or image-cache where memory is free");
        if (starved.isPresent()) {
            return starved.get();
        }
        return unknownOrHealthy(early);
    }

    private Diagnosis unknownOrHealthy(boolean early) {
        if (early) {
            return tooEarly();
        }
        if (Double.isNaN(now(Health.STD)) || Double.isNaN(now("loss"))) {
            return unknown("the embeddings were not measured (" + loss() + ")");
        }
        if (now("loss") >= Diagnosis.AT_THE_LINE * task.knowingNothing()) {
            return new Diagnosis(
                    Verdict.UNKNOWN,
                    "nothing is learned yet, though embeddings differ (" + loss() + ")",
                    cureOfStandstill());
        }
        if (isLittle(now("loss")) && !isBetterThanUntrained()) {
            return new Diagnosis(
                    Verdict.UNKNOWN,
                    "little is learned yet" + (isFalling("loss") ? ", but the loss falls" : "") + " (" + loss() + ")",
                    cureOfStandstill());
        }
        return new Diagnosis(Verdict.HEALTHY, loss() + ", " + particulars() + ", " + embeddings(), "");
    }

    private Optional<Diagnosis> stalled() {
        if (isLearningLittle("loss") && !isFalling("loss") && !isBetterThanUntrained()) {
            return Optional.of(new Diagnosis(
                    Verdict.STALLED,
                    "next to nothing is learned after " + length() + " (" + loss() + ")",
                    cureOfStalling()));
        }
        if (judged() >= Diagnosis.LONG && best("knn") <= beforeTraining("knn")) {
            return Optional.of(new Diagnosis(
                    Verdict.STALLED,
                    "features are no better than the untrained encoder's after " + length() + " (kNN "
                            + number(best("knn")) + " % at best, " + number(beforeTraining("knn"))
                            + " % before training, " + loss() + ")",
                    cureOfStalling()));
        }
        return Optional.empty();
    }

    /** Where classes show that something is learned, a loss near the line has another reason, such as few keys. */
    private boolean isBetterThanUntrained() {
        return best("knn") > beforeTraining("knn") + Diagnosis.DECLINE;
    }

    private boolean isCollapsed() {
        return now(Health.STD) < Diagnosis.COLLAPSED_SPREAD || now(Health.RANK) < Diagnosis.COLLAPSED_RANK;
    }

    /** An untrained encoder's embeddings are as narrow as a collapsed one's; at a low learning rate for long. */
    private boolean isOpening() {
        return now(Health.STD) >= best(Health.STD) && now(Health.STD) > Diagnosis.OPENING * before(Health.STD);
    }

    private boolean isCollapsing() {
        return isLosing(Health.STD)
                || isLosing(Health.RANK)
                // where there was no epoch before, nothing shows that it grows
                || (now(Health.STD) < Diagnosis.NARROW_SPREAD && !(now(Health.STD) > before(Health.STD)));
    }

    /** Well below the best, and lower than when it was last measured. */
    private boolean isDeclining() {
        return now("knn") < best("knn") - Diagnosis.DECLINE && now("knn") < lastBefore("knn");
    }

    private String embeddings() {
        return "spread " + number(now(Health.STD)) + " of 1, effective rank " + number(now(Health.RANK))
                + ", mean cosine " + number(now(Health.COSINE));
    }

    String loss() {
        return "loss " + number(now("loss")) + ", where knowing nothing costs " + number(task.knowingNothing());
    }
}
