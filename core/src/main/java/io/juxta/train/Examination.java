package io.juxta.train;

import io.juxta.train.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds the gravest of what is wrong with a run. */
final class Examination {
    private static final double UNMEASURED = Double.NaN;

    private final List<Map<String, Double>> epochs;
    private final Diagnosis.Task task;

    Examination(List<Map<String, Double>> epochs, Diagnosis.Task task) {
        this.epochs = epochs.stream().filter(epoch -> epoch.containsKey("loss")).toList();
        this.task = task;
    }

    /** Comparisons with what was not measured are false, so that nothing is concluded from it. */
    Diagnosis diagnose() {
        boolean early = steps() < task.stepsToFill() + Diagnosis.EARLY_STEPS;
        if (!early && isCollapsed() && isOpening()) {
            return unknown(
                    "embeddings still lie close together, but are spreading (" + embeddings() + ", " + loss() + ")");
        }
        if (!early && isCollapsed()) {
            return new Diagnosis(
                    Verdict.COLLAPSED,
                    "all images get nearly the same embedding (" + embeddings() + ", " + loss() + ")",
                    "it does not recover: start anew with a lower lr or with warmup-epochs, m nearer to 1, and"
                            + " weight-decay at most 1e-3");
        }
        if (!early && isCollapsing()) {
            return new Diagnosis(
                    Verdict.COLLAPSING,
                    "embeddings are becoming alike (" + embeddings() + "; best spread so far "
                            + number(best(Health.STD)) + ", best rank " + number(best(Health.RANK)) + ")",
                    "lower lr or set warmup-epochs, and bring m nearer to 1; a larger K helps too");
        }
        if (!early && now("acc1") >= Diagnosis.EASY_ACCURACY) {
            return tooEasy();
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

    private Diagnosis tooEasy() {
        String finding = String.format(
                Locale.ROOT, "the positive is found in %.1f %% of cases: the task teaches nothing more", now("acc1"));
        return task.bnGroups() == 1
                ? new Diagnosis(
                        Verdict.TOO_EASY,
                        finding + " (bn-groups is 1: batch statistics tell which key belongs to a query)",
                        "set bn-groups to 8")
                : new Diagnosis(
                        Verdict.TOO_EASY,
                        finding,
                        "raise K, choose a stronger augmentation, lower T; more images where there are few");
    }

    private Diagnosis unknownOrHealthy(boolean early) {
        if (early) {
            return unknown(String.format(
                    Locale.ROOT,
                    "too early to tell: %d of %d steps",
                    steps(),
                    task.stepsToFill() + Diagnosis.EARLY_STEPS));
        }
        if (Double.isNaN(now(Health.STD)) || Double.isNaN(now("loss"))) {
            return unknown("the embeddings were not measured (" + loss() + ")");
        }
        if (now("loss") >= Diagnosis.AT_THE_LINE * task.knowingNothing()) {
            return new Diagnosis(
                    Verdict.UNKNOWN,
                    "nothing is learned yet, though embeddings differ (" + loss() + ")",
                    "if it stays so, try lr three times as high, and three times as low");
        }
        return new Diagnosis(
                Verdict.HEALTHY,
                loss() + String.format(Locale.ROOT, ", accuracy %.1f %%, ", now("acc1")) + embeddings(),
                "");
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

    private boolean isLosing(String figure) {
        return now(figure) < Diagnosis.LOST_SHARE * best(figure) && now(figure) < before(figure);
    }

    private long steps() {
        return epochs.size() * task.stepsPerEpoch();
    }

    private double now(String figure) {
        return at(epochs.size() - 1, figure);
    }

    private double before(String figure) {
        return at(epochs.size() - 2, figure);
    }

    private double at(int epoch, String figure) {
        return epoch < 0 ? UNMEASURED : epochs.get(epoch).getOrDefault(figure, UNMEASURED);
    }

    private double best(String figure) {
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

    private String loss() {
        return "loss " + number(now("loss")) + ", where knowing nothing costs " + number(task.knowingNothing());
    }

    /** To three digits, as many as matter. */
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "unmeasured";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
