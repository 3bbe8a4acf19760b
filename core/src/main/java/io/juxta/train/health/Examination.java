package io.juxta.train.health;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Finds the gravest of what is wrong with a run. */
abstract class Examination {
    private static final double UNMEASURED = Double.NaN;

    private final Map<String, Double> beforeTraining;
    private final List<Map<String, Double>> epochs;
    private final Diagnosis.Task task;

    static Examination of(List<Map<String, Double>> epochs, Diagnosis.Task task) {
        if (task instanceof Diagnosis.Contrast contrast) {
            return new ContrastExamination(epochs, contrast);
        }
        if (task instanceof Diagnosis.Views views) {
            return new ViewsExamination(epochs, views);
        }
        if (task instanceof Diagnosis.Taught taught) {
            return new TaughtExamination(epochs, taught);
        }
        if (task instanceof Diagnosis.SelfTaught selfTaught) {
            return new SelfTaughtExamination(epochs, selfTaught);
        }
        return task instanceof Diagnosis.Translation translation
                ? new TranslationExamination(epochs, translation)
                : new ClusterExamination(epochs, (Diagnosis.Clusters) task);
    }

    Examination(List<Map<String, Double>> epochs, Diagnosis.Task task) {
        this.beforeTraining = epochs.stream()
                .findFirst()
                .filter(epoch -> !epoch.containsKey("loss"))
                .orElse(Map.of());
        this.epochs = epochs.stream().filter(epoch -> epoch.containsKey("loss")).toList();
        this.task = task;
    }

    /** Comparisons with what was not measured are false, so that nothing is concluded from it. */
    abstract Diagnosis diagnose();

    /** That float16 is too short for the gradients, where it is. */
    Optional<Diagnosis> overflowing() {
        if (!(now("skips_in_a_row") >= Diagnosis.SKIPS)) {
            return Optional.empty();
        }
        return Optional.of(new Diagnosis(
                Verdict.OVERFLOWING,
                String.format(
                        Locale.ROOT,
                        "gradients overflowed float16 in up to %.0f steps in a row, which were left out (loss scale %.0f)",
                        now("skips_in_a_row"),
                        now("loss_scale")),
                "take precision bfloat16 where the device has it, or lower lr"));
    }

    /**
     * That loading is slower than learning, where it is.
     *
     * @param size that images need not be above, in the recipe's words
     * @param raise what may be raised, in the recipe's words
     */
    Optional<Diagnosis> starved(String size, String raise) {
        if (now("waiting_share") > Diagnosis.STARVED_SHARE
                && now("waiting_share") * now("seconds") >= Diagnosis.STARVED_SECONDS) {
            return Optional.of(new Diagnosis(
                    Verdict.STARVED,
                    String.format(
                            Locale.ROOT,
                            "%.0f %% of the time went into waiting for images (%.0f images/s)",
                            100 * now("waiting_share"),
                            now("images_per_second")),
                    "raise " + raise + ", store the images smaller (" + size + "), or put them on a faster disk"));
        }
        return Optional.empty();
    }

    boolean isEarly() {
        return steps() < task.stepsToBegin() + Diagnosis.EARLY_STEPS;
    }

    Diagnosis tooEarly() {
        return unknown(String.format(
                Locale.ROOT,
                "too early to tell: %d of %d steps",
                steps(),
                task.stepsToBegin() + Diagnosis.EARLY_STEPS));
    }

    static Diagnosis unknown(String finding) {
        return new Diagnosis(Verdict.UNKNOWN, finding, "");
    }

    private long steps() {
        return epochs.size() * task.stepsPerEpoch();
    }

    /** How long it has trained, for a sentence. */
    String length() {
        return String.format(
                Locale.ROOT,
                "%d %s of %,d steps",
                epochs.size(),
                epochs.size() == 1 ? "epoch" : "epochs",
                task.stepsPerEpoch());
    }

    /** How many epochs at the end are late enough to be judged. */
    int judged() {
        return Math.max(0, epochs.size() - epochsOf(task.stepsToBegin() + Diagnosis.EARLY_STEPS) + 1);
    }

    /** Epochs that hold so many steps. */
    private int epochsOf(long steps) {
        long perEpoch = Math.max(1, task.stepsPerEpoch());
        return (int) Math.min(Integer.MAX_VALUE, (steps + perEpoch - 1) / perEpoch);
    }

    /** Whether so little is learned by a loss in all of the last epochs, which are judged, that no wavering explains it. */
    boolean isLearningLittle(String loss) {
        return judged() >= Diagnosis.PATIENCE
                && IntStream.rangeClosed(epochs.size() - Diagnosis.PATIENCE, epochs.size() - 1)
                        .allMatch(epoch -> isLittle(at(epoch, loss)));
    }

    /** Whether a loss is so near the line of knowing nothing that next to nothing is learned. */
    boolean isLittle(double loss) {
        double line = task.knowingNothing();
        return line > task.attainable() && line - loss < Diagnosis.LITTLE * (line - task.attainable());
    }

    /**
     * Whether a loss falls: in the mean of the last epochs against that of those before. Epochs in which the task was not
     * yet what it will be, as with an empty queue, are no measure.
     */
    boolean isFalling(String loss) {
        int size = epochs.size();
        int settled = Math.max(0, size - epochsOf(task.stepsToBegin()));
        int some = Math.min(Diagnosis.PATIENCE, settled / 2);
        double fall = mean(loss, size - 2 * some, size - some) - mean(loss, size - some, size);
        // the line of a loss that may be below 0 is no measure of it
        double scale = Math.max(task.knowingNothing(), task.knowingNothing() - task.attainable());
        return fall > Diagnosis.FALLING * scale;
    }

    private double mean(String figure, int from, int to) {
        return IntStream.range(from, to)
                .mapToDouble(epoch -> at(epoch, figure))
                .filter(Double::isFinite)
                .average()
                .orElse(UNMEASURED);
    }

    /** What was measured before training. */
    double beforeTraining(String figure) {
        return beforeTraining.getOrDefault(figure, UNMEASURED);
    }

    /** Far below the run's best, and still falling. */
    boolean isLosing(String figure) {
        return now(figure) < Diagnosis.LOST_SHARE * best(figure) && now(figure) < before(figure);
    }

    double now(String figure) {
        return at(epochs.size() - 1, figure);
    }

    double before(String figure) {
        return at(epochs.size() - 2, figure);
    }

    private double at(int epoch, String figure) {
        return epoch < 0 ? UNMEASURED : epochs.get(epoch).getOrDefault(figure, UNMEASURED);
    }

    /** When it was last measured before the last epoch. */
    double lastBefore(String figure) {
        return epochs.subList(0, epochs.size() - 1).stream()
                .mapToDouble(epoch -> epoch.getOrDefault(figure, UNMEASURED))
                .filter(Double::isFinite)
                .reduce(UNMEASURED, (first, second) -> second);
    }

    double best(String figure) {
        return measured(figure).max().orElse(UNMEASURED);
    }

    double least(String figure) {
        return measured(figure).min().orElse(UNMEASURED);
    }

    /** After epochs: what was before training is no merit of theirs. */
    private DoubleStream measured(String figure) {
        return epochs.stream()
                .mapToDouble(epoch -> epoch.getOrDefault(figure, UNMEASURED))
                .filter(Double::isFinite);
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
