package io.juxta.train.health;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * How a run does, in plain words.
 *
 * @param verdict of several the gravest
 * @param finding the figures it rests on, in one sentence
 * @param advice what to change, with the recipe's keys; empty where there is nothing
 */
@API(status = API.Status.EXPERIMENTAL)
public record Diagnosis(Verdict verdict, String finding, String advice) {
    /**
     * Spread below which all embeddings count as one: 0.1 is a mean cosine of 0.99, of each embedding's squared length
     * 99 % are common to all.
     */
    static final double COLLAPSED_SPREAD = 0.1;

    /** Directions below which the embeddings lie on a line, wherever on it. */
    static final double COLLAPSED_RANK = 2;

    /** Growth of the spread in an epoch, to a value never had before, that is more than a wavering. */
    static final double OPENING = 1.02;

    /** Spread that is alarming unless it grows: a mean cosine of 0.91. */
    static final double NARROW_SPREAD = 0.3;

    /** Share of the run's best below which spread or rank, still falling, means a collapse under way. */
    static final double LOST_SHARE = 0.5;

    /**
     * Contrastive accuracy in percent from which the task teaches nothing more. Where batch statistics leak, He et al.,
     * 2020 (appendix, "Ablation on Shuffling BN") saw it pass 99.9 % within a few epochs while kNN fell; sound runs stay
     * below 90 %. It is judged rather than the loss because the lowest possible loss depends on T: 3.4 for T = 0.2 and
     * K = 4096, 0.2 for T = 0.1.
     */
    static final double EASY_ACCURACY = 99;

    /**
     * Entropy of the prototypes' usage, over its maximum, below which nearly all images have one of two or three: of
     * 3000 prototypes 0.1 is what 2.2 used alike have.
     */
    static final double COLLAPSED_USAGE = 0.1;

    /**
     * Entropy of a teacher's answers, over its maximum, above which it says nothing: of 65536 outputs 0.98 leaves out less than a
     * fifth.
     */
    static final double UNDECIDED = 0.98;

    /** Prototypes in percent that no crop of an epoch was nearest to, above which there are too many of them. */
    static final double DEAD_SHARE = 50;

    /** Points of kNN accuracy below the run's best that are more than a wavering: some ten times its standard error. */
    static final double DECLINE = 3;

    /** Share of the time spent waiting for images from which on loading is what to mend first. */
    static final double STARVED_SHARE = 0.2;

    /** Seconds of waiting below which the share says nothing: the first batch of every epoch is waited for. */
    static final double STARVED_SECONDS = 1;

    /** Steps left out in a row: one halves the scale and is as it should be, and so is one more. */
    static final double SKIPS = 3;

    /** Share of the line of knowing nothing above which a loss has not left it. */
    static final double AT_THE_LINE = 0.99;

    /**
     * Share of the way from the line of knowing nothing to the least loss there can be below which next to nothing is
     * learned. 245 photos, K 224, after 60 epochs of 7 steps: 0.03. Sound runs on CIFAR-10 after their first epoch: 0.04
     * (DeepCluster-v2), 0.14 (SwAV), 0.29 (MoCo).
     */
    static final double LITTLE = 0.05;

    /** Judged epochs in a row in which little is learned before that is more than a slow beginning. */
    static final int PATIENCE = 3;

    /** Fall of a loss, from as many epochs to the next, as a share of the line, that is more than its wavering. */
    static final double FALLING = 0.01;

    /** Judged epochs after which something should be better than before training: sound runs needed up to eight. */
    static final int LONG = 10;

    /**
     * Steps on a full queue before embeddings are judged: an untrained encoder's all point the same way, as a collapsed
     * one's do, and its queue of random directions is easy to tell from a key.
     */
    static final long EARLY_STEPS = 200;

    /**
     * Mean difference of translations and their sources, as a share of the range, below which the generator does
     * nothing: 5 grey levels of 255. Where a fifth of each picture changes by a fifth of the range it is 0.04.
     */
    static final double UNCHANGED = 0.02;

    /** Difference between translations, as a share of that between their sources, below which they are all alike. */
    static final double ALIKE = 0.1;

    /**
     * What a discriminator pays, as a share of what an undecided one does, below which it is sure: with lsgan its scores
     * are then within 0.16 of what they should be, and the generator pays 0.7 or more of at most 1.
     */
    static final double SURE = 0.1;

    /** What is wrong, if anything is. */
    public enum Verdict {
        /** Learning. */
        HEALTHY,
        /** Embeddings, or translations, are becoming alike. */
        COLLAPSING,
        /** All embeddings, or translations, are alike. */
        COLLAPSED,
        /** The positive is told without learning, as by batch statistics that leak. */
        TOO_EASY,
        /** Features become worse for what is measured, whatever the loss says. */
        DECLINING,
        /** Next to nothing is learned, and no more than that for some time. */
        STALLED,
        /** Most prototypes, or the generator, do nothing. */
        IDLE,
        /** The discriminator is too good for the generator to learn from it. */
        OVERPOWERED,
        /** Translations have nothing to do with their sources. */
        UNRELATED,
        /** Gradients do not fit into float16 again and again, and their steps are left out. */
        OVERFLOWING,
        /** Loading is slower than learning. */
        STARVED,
        /** Too early, not measured, or not clear. */
        UNKNOWN;

        /** As people write it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What a run is about, as far as its health depends on it. */
    public sealed interface Task {
        /** The loss of an encoder that knows nothing. */
        double knowingNothing();

        /** The least loss there can be, where that is known; otherwise 0. */
        default double attainable() {
            return 0;
        }

        /** Steps before the task is what it will be. */
        long stepsToBegin();

        /** Steps of an epoch. */
        long stepsPerEpoch();
    }

    /**
     * To tell the key of the same image among a queue's.
     *
     * @param knowingNothing ln(K + 1), twice that for a symmetric loss
     * @param bnGroups batch-norm groups; 1 lets batch statistics leak
     * @param stepsToBegin until the queue holds nothing but keys
     * @param attainable the loss where query and key are the same and all other keys at right angles to them:
     *     ln(1 + K exp(-1/T)), twice that for a symmetric loss
     */
    public record Contrast(
            double knowingNothing,
            int bnGroups,
            long stepsToBegin,
            long stepsPerEpoch,
            @Override double attainable) implements Task {
        /** With nothing known of the least loss. */
        public Contrast(double knowingNothing, int bnGroups, long stepsToBegin, long stepsPerEpoch) {
            this(knowingNothing, bnGroups, stepsToBegin, stepsPerEpoch, 0);
        }
    }

    /**
     * To tell the prototype of an image.
     *
     * @param knowingNothing ln K, the mean over heads
     * @param epsilon ε of Sinkhorn; 0 where assignments are made by k-means
     * @param stepsToBegin until the prototypes move
     */
    public record Clusters(double knowingNothing, double epsilon, long stepsToBegin, long stepsPerEpoch)
            implements Task {}

    /** What keeps all images of a method that compares views from getting the same embedding. */
    public enum Guard {
        /** The other images of the batch. */
        NEGATIVES,
        /** A predictor on one side, and no gradient on the other. */
        PREDICTOR,
        /** Statistics of the batch: dimensions must vary, each for itself. */
        STATISTICS
    }

    /**
     * To embed two views of an image alike.
     *
     * @param knowingNothing where views have nothing in common: ln(2N - 1) of SimCLR, 4T ln N of MoCo v3, 4 of BYOL, 0 of
     *     SimSiam, D of Barlow Twins; of VICReg where all embeddings are alike, 24.75
     * @param attainable the least there can be; below 0 for SimSiam
     * @param stepsToBegin until the learning rate is what it will be
     */
    public record Views(
            double knowingNothing, @Override double attainable, long stepsToBegin, long stepsPerEpoch, Guard guard)
            implements Task {}

    /**
     * To embed images as a teacher does.
     *
     * @param knowingNothing where every embedding of the teacher's is as near as any other: ln(K + 1); 2 of regression, where
     *     student and teacher have nothing in common
     * @param stepsToBegin until the queue holds nothing but the teacher's embeddings
     */
    public record Taught(double knowingNothing, long stepsToBegin, long stepsPerEpoch) implements Task {}

    /**
     * To predict what a teacher says of an image, over some outputs (DINO).
     *
     * @param knowingNothing ln K, which an answer costs that is all alike
     * @param stepsToBegin until the last layer learns, at its full rate
     */
    public record SelfTaught(double knowingNothing, long stepsToBegin, long stepsPerEpoch) implements Task {}

    /**
     * To translate images so that they look like those of another domain, and their patches like their sources'.
     *
     * @param knowingNothing {@code nce} where all patches are alike: ln P, times its weight; 0 where there is no PatchNCE
     * @param undecided what a discriminator that cannot decide pays for real images, and for translations: 0.25 with
     *     lsgan; NaN where there is no such value
     */
    public record Translation(double knowingNothing, double undecided, long stepsPerEpoch) implements Task {
        /** None: both sides learn from the first step on. */
        @Override
        public long stepsToBegin() {
            return 0;
        }
    }

    /**
     * Judges the last of some epochs.
     *
     * @param epochs metrics of each epoch from the first on, by the names in {@code metrics.csv}; a row before the
     *     first, which has no loss, is passed over
     */
    public static Diagnosis of(List<Map<String, Double>> epochs, Task task) {
        Examination examination = Examination.of(epochs, task);
        return examination.overflowing().orElseGet(examination::diagnose);
    }

    /** All of it in one line. */
    @Override
    public String toString() {
        return verdict + ": " + finding + (advice.isEmpty() ? "" : "; " + advice);
    }
}
