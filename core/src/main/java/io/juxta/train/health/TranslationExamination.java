package io.juxta.train.health;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Of a run that learns to translate images of one domain to another. */
final class TranslationExamination extends Examination {
    private static final String CHANGE = "change";
    private static final String DIVERSITY = "diversity";
    private static final String NCE = "nce";
    private static final String GENERATOR = "g_gan";
    private static final String REAL = "d_real";
    private static final String FAKE = "d_fake";
    private static final String KID = "kid";

    private final Diagnosis.Translation task;

    TranslationExamination(List<Map<String, Double>> epochs, Diagnosis.Translation task) {
        super(epochs, task);
        this.task = task;
    }

    @Override
    Diagnosis diagnose() {
        boolean early = isEarly();
        Optional<Diagnosis> wrong = early ? Optional.empty() : wrong();
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Optional<Diagnosis> starved = starved("about load-size", "loader-threads where cores are idle");
        if (starved.isPresent()) {
            return starved.get();
        }
        if (early) {
            return tooEarly();
        }
        if (Double.isNaN(now(CHANGE)) && Double.isNaN(now(DIVERSITY)) && Double.isNaN(now(NCE))) {
            return unknown("the translations were not measured");
        }
        if (isFurtherThanSources()) {
            return new Diagnosis(
                    Verdict.UNKNOWN,
                    "by KID translations are no nearer to the target domain than their sources after " + length()
                            + " (at best "
                            + distance(least(KID)) + ", untranslated sources " + distance(beforeTraining(KID)) + "; "
                            + images() + ")",
                    "look at the pictures, as KID sees colours and coarse shapes only; where they are no better, raise"
                            + " lambda-gan or lower lambda-nce, train longer, or give it more images");
        }
        return new Diagnosis(Verdict.HEALTHY, patches() + ", " + scores() + ", " + images(), "");
    }

    /** After long, and by more than subsets of the images differ. */
    private boolean isFurtherThanSources() {
        double deviation = beforeTraining("kid_std");
        return judged() >= Diagnosis.LONG
                && least(KID) > beforeTraining(KID) + (Double.isNaN(deviation) ? 0 : deviation);
    }

    private static String distance(double kid) {
        return String.format(Locale.ROOT, "%.4f", kid);
    }

    private Optional<Diagnosis> wrong() {
        if (now(DIVERSITY) < Diagnosis.ALIKE && !isDiverging()) {
            return Optional.of(new Diagnosis(
                    Verdict.COLLAPSED,
                    "all sources get nearly the same translation (" + images() + ", " + patches() + ")",
                    "it does not recover: start anew with a larger lambda-nce, nce-idt true, or a lower lr"));
        }
        if (isLosing(DIVERSITY)) {
            return Optional.of(new Diagnosis(
                    Verdict.COLLAPSING,
                    "translations are becoming alike (" + images() + "; best diversity so far "
                            + number(best(DIVERSITY)) + ")",
                    "raise lambda-nce, set nce-idt true, or lower lr"));
        }
        if (isOverpowered()) {
            return Optional.of(new Diagnosis(
                    Verdict.OVERPOWERED,
                    "the discriminator knows every translation, and teaches the generator nothing (" + scores() + ")",
                    "lower lambda-nce (FastCUT's 10 towards 1) or raise lambda-gan; set lambda-r1 1 or a smaller ndf;"
                            + " more images of the target domain where there are few"));
        }
        if (now(CHANGE) < Diagnosis.UNCHANGED) {
            return Optional.of(new Diagnosis(
                    Verdict.IDLE,
                    "translations are all but their sources (" + images() + ", " + scores() + ")",
                    "lower lambda-nce, set lambda-identity 0 and nce-idt false, or raise lambda-gan"));
        }
        if (isUnrelated()) {
            return Optional.of(new Diagnosis(
                    Verdict.UNRELATED,
                    (now(NCE) >= Diagnosis.AT_THE_LINE * task.knowingNothing() ? "no patch" : "hardly a patch")
                            + " of a translation is told from another by its source (" + patches() + ")",
                    "if it stays so: raise lambda-nce or lower lambda-gan, try lr three times as high, and three times"
                            + " as low"));
        }
        return Optional.empty();
    }

    /** At the line in one epoch, or near it for some and not leaving it. */
    private boolean isUnrelated() {
        return task.knowingNothing() > 0
                && (now(NCE) >= Diagnosis.AT_THE_LINE * task.knowingNothing()
                        || (isLearningLittle(NCE) && !isFalling(NCE)));
    }

    /** An untrained generator's images are as alike as a collapsed one's. */
    private boolean isDiverging() {
        return now(DIVERSITY) >= best(DIVERSITY) && now(DIVERSITY) > Diagnosis.OPENING * before(DIVERSITY);
    }

    /** In two epochs, the generator not gaining: in one alone, the generator may be about to answer. */
    private boolean isOverpowered() {
        double sure = Diagnosis.SURE * task.undecided();
        return now(REAL) < sure
                && now(FAKE) < sure
                && before(REAL) < sure
                && before(FAKE) < sure
                && now(GENERATOR) >= before(GENERATOR);
    }

    private String images() {
        return "change " + number(now(CHANGE)) + ", diversity " + number(now(DIVERSITY));
    }

    private String patches() {
        return "nce " + number(now(NCE))
                + (task.knowingNothing() > 0 ? ", where knowing nothing costs " + number(task.knowingNothing()) : "");
    }

    private String scores() {
        String undecided =
                Double.isNaN(task.undecided()) ? "" : ", where an undecided one pays " + number(task.undecided());
        return "the discriminator pays " + number(now(REAL)) + " for real images and " + number(now(FAKE))
                + " for translations" + undecided + ", the generator " + number(now(GENERATOR));
    }
}
