package io.juxta.train;

import io.juxta.train.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds the gravest of what is wrong with a run; the kinds of task know what is particular to them. */
abstract class Examination {
    private static final double UNMEASURED = Double.NaN;

    private final List<Map<String, Double>> epochs;
    private final Diagnosis.Task task;

    static Examination of(List<Map<String, Double>> epochs, Diagnosis.Task task) {
        return task instanceof Diagnosis.Contrast contrast
                ? new ContrastExamination(epochs, contrast)
                : new ClusterExamination(epochs, (Diagnosis.Clusters) task);
    }

    Examination(List<Map<String, Double>> epochs, Diagnosis.Task task) {
        this.epochs = epochs.stream().filter(epoch -> epoch.containsKey("loss")).toList();
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

    /** Comparisons with what was not measured are false, so that nothing is concluded from it. */
    Diagnosis diagnose() {
        boolean early = steps() < task.stepsToBegin() + Diagnosis.EARLY_STEPS;
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
                    "checkpoints/best.safetensors holds the best; lower lr, or choose fewer epochs or a stronger"
                            + " augmentation");
        }
        if (now("waiting_share") > Diagnosis.STARVED_SHARE
                && now("waiting_share") * now("seconds") >= Diagnosis.STARVED_SECONDS) {
            return new Diagnosis(
                    Verdict.STARVED,
                    String.format(
                            Locale.ROOT,
                            "%.0f %% of the time went into waiting for images (%.0f images/s)",
                            100 * now("waiting_share"),
                            now("images_per_second")),
                    "raise loader-threads where cores are idle, store the images smaller (about twice image-size), or"
                            + " put them on a faster disk");
        }
        return unknownOrHealthy(early);
    }

    private Diagnosis unknownOrHealthy(boolean early) {
        if (early) {
            return unknown(String.format(
                    Locale.ROOT,
                    "too early to tell: %d of %d steps",
                    steps(),
                    task.stepsToBegin() + Diagnosis.EARLY_STEPS));
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
        return new Diagnosis(Verdict.HEALTHY, loss() + ", " + particulars() + ", " + embeddings(), "");
    }

    private static Diagnosis unknown(String finding) {
        return new Diagnosis(Verdict.UNKNOWN, finding, "");
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
        double before = epochs.subList(0, epochs.size() - 1).stream()
                .mapToDouble(epoch -> epoch.getOrDefault("knn", UNMEASURED))
                .filter(Double::isFinite)
                .reduce(UNMEASURED, (first, second) -> second);
        return now("knn") < best("knn") - Diagnosis.DECLINE && now("knn") < before;
    }

    boolean isLosing(String figure) {
        return now(figure) < Diagnosis.LOST_SHARE * best(figure) && now(figure) < before(figure);
    }

    private long steps() {
        return epochs.size() * task.stepsPerEpoch();
    }

    double now(String figure) {
        return at(epochs.size() - 1, figure);
    }

    private double before(String figure) {
        return at(epochs.size() - 2, figure);
    }

    private double at(int epoch, String figure) {
        return epoch < 0 ? UNMEASURED : epochs.get(epoch).getOrDefault(figure, UNMEASURED);
    }

    double best(String figure) {
        return epochs.stream()
                .mapToDouble(epoch -> epoch.getOrDefault(figure, UNMEASURED))
                .filter(Double::isFinite)
                .max()
                .orElse(UNMEASURED);
    }

    private String embeddings() {
        return "spread " + number(now(Health.STD)) + " of 1, effective rank " + number(now(Health.RANK))
                + ", mean cosine " + number(now(Health.COSINE));
    }

    String loss() {
        return "loss " + number(now("loss")) + ", where knowing nothing costs " + number(task.knowingNothing());
    }

    /** To three digits, as many as matter. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "unmeasured";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
