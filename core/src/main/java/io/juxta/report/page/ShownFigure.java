package io.juxta.report.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/**
 * What a column of the metrics is to a person.
 *
 * @param column its name in the file
 * @param name what to call it
 * @param unit behind its values, empty for none
 * @param scale what to multiply its values by for that unit
 * @param meaning one sentence
 */
record ShownFigure(String column, String name, String unit, double scale, String meaning) {
    private static final List<ShownFigure> KNOWN = List.of(
            plain(
                    "loss",
                    "Loss",
                    "",
                    "How surprised the encoder still is by the right answer, a query's key or a crop's"
                            + " prototype, or how far two views, or a student and its teacher, are from being alike; a network that knows nothing stands at the"
                            + " dashed line."),
            plain(
                    "acc1",
                    "Contrastive top-1",
                    "%",
                    "How often the right key is first among all keys in the queue, or of the batch; it"
                            + " measures the task, not the features."),
            plain(
                    "agreement",
                    "Agreement",
                    "%",
                    "How often a crop's most similar prototype is the one that the image's other"
                            + " crops, or its cluster, name."),
            plain(
                    "prototype_entropy",
                    "Prototype usage",
                    "",
                    "Entropy of how often each prototype is a crop's nearest, over its maximum: 1 when all"
                            + " are used alike, 0 when one has all."),
            plain(
                    "dead_prototypes",
                    "Dead prototypes",
                    "%",
                    "Prototypes that were nearest to no crop in the epoch; many mean that there are too many."),
            plain(
                    "sharpness",
                    "Sharpness",
                    "",
                    "The largest share that an assignment gives to one prototype: 1 is certain, 1 / K is"
                            + " undecided."),
            plain("acc5", "Contrastive top-5", "%", "How often the right key is among the first five."),
            plain(
                    "knn",
                    "kNN accuracy",
                    "%",
                    "How often the nearest neighbours of a held-out image name its class:"
                            + " the best sign of what the features are worth."),
            plain(
                    "ap",
                    "AP",
                    "%",
                    "Average precision of the boxes held out, the mean over overlaps from 0.50 to 0.95: it falls a long"
                            + " way before a person sees that boxes are loose."),
            plain("ap50", "AP50", "%", "Where an overlap of one half counts as found."),
            plain("ap75", "AP75", "%", "Where three quarters are asked for."),
            plain("loss_class", "Loss of classes", "", "How surprised the detector is by what a proposal holds."),
            plain("loss_box", "Loss of boxes", "", "How far boxes are from the objects' own, in their sizes."),
            plain(
                    "loss_objectness",
                    "Loss of objectness",
                    "",
                    "How surprised it is by whether there is an object at an anchor."),
            plain("loss_proposal", "Loss of proposals", "", "How far proposals are from the objects."),
            plain(
                    "embedding_std",
                    "Embedding spread",
                    "",
                    "How far embeddings spread over the sphere: 1 when they fill"
                            + " it, 0 when all images look alike to the encoder."),
            plain(
                    "effective_rank",
                    "Effective rank",
                    "",
                    "How many directions the embedding uses; a small number"
                            + " means that most of its width lies idle."),
            plain(
                    "mean_cosine",
                    "Mean cosine",
                    "",
                    "How alike two different images look to the encoder: near 0 is"
                            + " well spread, near 1 is collapse."),
            plain(
                    "positive_logit",
                    "Positive logit",
                    "",
                    "Similarity of two views of one image, over the"
                            + " temperature; it should rise above the negative one."),
            plain(
                    "negative_logit",
                    "Negative logit",
                    "",
                    "Similarity to the keys of other images, over the" + " temperature; it should stay low."),
            plain(
                    "queue_age",
                    "Age of the queue",
                    "steps",
                    "How many steps ago the keys in the queue were made; the"
                            + " older, the less they fit the encoder of now."),
            plain(
                    "target_cosine",
                    "Cosine of the prediction",
                    "",
                    "How near a prediction, or a student, comes to what it is to be: 1 is all of the way, where a collapsed encoder is too."),
            plain(
                    "teacher_entropy",
                    "Entropy of the teacher",
                    "",
                    "How undecided the teacher is among its queue: the least that the loss can be."),
            plain(
                    "target_entropy",
                    "Entropy of the targets",
                    "",
                    "How undecided the teacher is about one image, over the most there can be: 1 when all of its outputs are alike,"
                            + " 0 when it names one."),
            plain(
                    "target_usage",
                    "Usage of the outputs",
                    "",
                    "The same of its mean answer to a batch: near 0 when all images get one output; the healthy stay well above the"
                            + " entropy of one image."),
            plain(
                    "target_divergence",
                    "Divergence from the targets",
                    "",
                    "How far the student's answers are from the teacher's; 0 when there is nothing left to learn, of a collapse too."),
            plain(
                    "centre",
                    "Size of the centre",
                    "",
                    "What is taken from the teacher's outputs: their mean over the last batches."),
            plain(
                    "on_diagonal",
                    "On the diagonal",
                    "",
                    "What the loss has of views that differ: falls to 0 as each dimension says the same of both."),
            plain("off_diagonal", "Off the diagonal", "", "What the loss has of dimensions that say what others do."),
            plain("invariance", "Invariance", "", "What the loss has of views that differ."),
            plain(
                    "variance",
                    "Variance",
                    "",
                    "What the loss has of dimensions that vary too little over the batch: 0 when each does enough."),
            plain("covariance", "Covariance", "", "What the loss has of dimensions that say what others do."),
            plain(
                    "grad_norm",
                    "Gradient norm",
                    "",
                    "Length of the gradient; sudden peaks go before divergence, 0" + " means that nothing is learnt."),
            plain(
                    "kid",
                    "KID",
                    "",
                    "How far translations are from the target domain, by a kernel distance of features: 0 when they"
                            + " cannot be told from its images."),
            plain("kid_std", "Deviation of the KID", "", "Of the KID between subsets of the images."),
            plain("frechet", "Fréchet distance", "", "The same by another distance; it shrinks with more images."),
            plain(
                    "change",
                    "Change",
                    "",
                    "How far translations are from their sources, as a share of the range from black to white: 0 when"
                            + " the generator does nothing."),
            plain(
                    "diversity",
                    "Diversity",
                    "",
                    "How far translations are from each other, over how far their sources are: near 0 when all sources"
                            + " get the same translation."),
            plain(
                    "nce",
                    "PatchNCE",
                    "",
                    "How surprised patches of translations are by their places in the source; the dashed line is where"
                            + " all patches look alike."),
            plain("nce_idt", "PatchNCE of targets", "", "The same for images of the target domain."),
            plain(
                    "g_gan",
                    "Generator against discriminator",
                    "",
                    "What the generator pays for translations that are known as such."),
            plain(
                    "d_real",
                    "Discriminator, real images",
                    "",
                    "What the discriminator pays for its scores of real images; near 0 in both, it knows every"
                            + " translation."),
            plain("d_fake", "Discriminator, translations", "", "What it pays for its scores of translations."),
            plain("l1_identity", "Identity", "", "How far targets are from their translations, times its weight."),
            plain("r1", "R1", "", "The gradient penalty on real images, times its weight."),
            plain("gradient_penalty", "Gradient penalty", "", "Of WGAN-GP, times its weight."),
            plain("lr", "Learning rate", "", "At the beginning of the epoch."),
            plain(
                    "momentum",
                    "Momentum of the keys",
                    "",
                    "How much of itself the key encoder, target or teacher keeps in a step."),
            plain("weight_decay", "Weight decay", "", "The mean over the epoch's steps."),
            plain("images_per_second", "Speed", "images/s", "Images trained on in a second."),
            new ShownFigure(
                    "waiting_share",
                    "Waiting for images",
                    "%",
                    100,
                    "Share of the time in which training waited for the loader; above a few percent, give it more"
                            + " threads."),
            plain("resident_mib", "Memory", "MiB", "Resident memory of the process at the epoch's end."),
            plain("seconds", "Time of an epoch", "s", "Without kNN, checkpoint and report."));

    private static final ShownFigure LOSS_OF_DETECTION =
            plain("loss", "Loss", "", "The sum of the four losses: of classes, boxes, objectness and proposals.");

    private static final ShownFigure LOSS_OF_TRANSLATION = plain(
            "loss", "Loss", "", "All that the generator pays; it need not fall while the discriminator gets better.");

    private static ShownFigure plain(String column, String name, String unit, String meaning) {
        return new ShownFigure(column, name, unit, 1, meaning);
    }

    /** The figure of a column; one that is not known keeps its name. */
    static ShownFigure of(String column) {
        return KNOWN.stream()
                .filter(figure -> figure.column.equals(column))
                .findFirst()
                .orElseGet(() -> new ShownFigure(column, column.replace('_', ' '), "", 1, ""));
    }

    /** The figure of a column of a run: what is learned decides what a loss is. */
    static ShownFigure of(String column, ReadRun run) {
        if (run.translates() && column.equals(LOSS_OF_TRANSLATION.column)) {
            return LOSS_OF_TRANSLATION;
        }
        return run.detects() && column.equals(LOSS_OF_DETECTION.column) ? LOSS_OF_DETECTION : of(column);
    }

    /** A value in its unit, four digits that count. */
    String text(double value) {
        BigDecimal digits =
                new BigDecimal(value * scale).round(new MathContext(4)).stripTrailingZeros();
        boolean plain = value == 0 || Math.abs(value * scale) >= 1e-4 && Math.abs(value * scale) < 1e7;
        return (plain ? digits.toPlainString() : digits.toString()) + (unit.isEmpty() ? "" : " " + unit);
    }

    /** The known columns in the order in which they are shown. */
    static List<String> order() {
        return KNOWN.stream().map(ShownFigure::column).toList();
    }
}
