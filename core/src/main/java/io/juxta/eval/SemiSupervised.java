package io.juxta.eval;

import io.juxta.backbone.Encoder;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.image.Augmentation;
import io.juxta.torch.StateDict;
import io.juxta.train.Sgd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Semi-supervised fine-tuning (Caron et al. 2020, section 4.1, table 1; Chen et al. 2020, "SimCLR"): what
 * facebookresearch/swav's eval_semisup.py does. The whole encoder, in training mode with its batch norms, and a fresh
 * linear head on its pooled features learn from the few images whose labels are given, by SGD with a learning rate for
 * each of the two.
 *
 * <pre>{@code
 * LabelSplit split = LabelSplit.balanced(train, 0.01, seed);
 * SemiSupervisedOptions options = Recipe.defaults(SemiSupervisedOptions.class).fitTo(split, line -> log(line));
 * SemiSupervisedResult result = SemiSupervised.run(
 *         encoder, split.images(), Augmentation.linearTrain(224, n), val, Augmentation.evaluation(256, 224, n),
 *         options, epoch -> log(epoch));
 * }</pre>
 *
 * <p>The encoder is changed. What lies above its pooled feature, its own head, is neither used nor changed.
 */
public final class SemiSupervised {
    /** A side that every network takes: which parameters are reached does not depend on it. */
    private static final int SIDE = 32;

    private final Encoder encoder;
    private final SemiSupervisedOptions options;
    private final int classes;
    private final Tensor like;
    private final LinearClassifier head;
    private final Sgd trunk;

    SemiSupervised(Encoder encoder, int classes, SemiSupervisedOptions options) {
        this.encoder = encoder;
        this.options = options;
        this.classes = classes;
        this.like = Features.like(encoder)
                .orElseThrow(() -> new IllegalArgumentException("an encoder without parameters cannot be fine-tuned"));
        this.head = LinearClassifier.head(like, encoder.features(), classes, options);
        this.trunk = new Sgd(reached(), options.sgd());
    }

    /** The parameters that the pooled feature depends on: all but those of the encoder's own head. */
    private List<Tensor> reached() {
        boolean training = encoder.is_training();
        // in evaluation mode no running statistic moves
        encoder.eval();
        try (PointerScope scope = new PointerScope()) {
            encoder.zero_grad(true);
            encoder.pooled(torch.zeros(new long[] {1, 3, SIDE, SIDE}, like.options()))
                    .sum()
                    .backward();
        }
        Map<String, Tensor> all = StateDict.parameters(encoder);
        List<Tensor> reached =
                all.values().stream().filter(tensor -> tensor.grad().defined()).toList();
        encoder.zero_grad(true);
        encoder.train(training);
        return reached;
    }

    /**
     * Fine-tunes and judges on the images of two data sets.
     *
     * @param labelled {@link LabelSplit#images}
     * @param trainView the original's is {@link Augmentation#linearTrain}
     * @param validation images, of the same classes
     * @param validationView the original's is {@link Augmentation#evaluation}
     * @param progress told every epoch
     * @throws IOException when images cannot be read, or the loss is no number any more
     * @throws IllegalArgumentException when an image has no class
     */
    public static SemiSupervisedResult run(
            Encoder encoder,
            Dataset labelled,
            Augmentation trainView,
            Dataset validation,
            Augmentation validationView,
            SemiSupervisedOptions options,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        LoaderOptions shuffled = LoaderOptions.of(Math.min(options.batchSize(), labelled.size()), options.seed())
                .withLast(LoaderOptions.Last.KEEP);
        try (Loader loader = Loader.open(labelled, List.of(trainView), shuffled);
                Loader judged = Features.open(validation, validationView, options.batchSize())) {
            return run(
                    encoder,
                    LabelledImages.of(loader, labelled),
                    LabelledImages.of(judged, validation),
                    options,
                    progress);
        }
    }

    /**
     * Fine-tunes and judges.
     *
     * @param labelled its batches are the steps, a pass for each epoch; a batch of one image is passed over
     * @param validation read after every epoch
     * @param progress told every epoch
     * @throws IOException when images cannot be read, or the loss is no number any more
     * @throws IllegalArgumentException when an image has no class, or there are fewer than two images to learn from
     */
    public static SemiSupervisedResult run(
            Encoder encoder,
            LabelledImages labelled,
            LabelledImages validation,
            SemiSupervisedOptions options,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        if (labelled.size() < 2 || validation.size() == 0) {
            throw new IllegalArgumentException("fine-tuning needs 2 images to learn from and 1 to judge: there are "
                    + labelled.size() + " and " + validation.size());
        }
        int classes = Math.max(labelled.classes(), validation.classes());
        if (classes < 1) {
            throw new IllegalArgumentException("fine-tuning needs images with classes: use a folder for each class");
        }
        boolean training = encoder.is_training();
        try {
            SemiSupervised tuning = new SemiSupervised(encoder, classes, options);
            try (tuning.trunk) {
                return tuning.run(labelled, validation, progress);
            }
        } finally {
            encoder.zero_grad(true);
            encoder.train(training);
        }
    }

    private SemiSupervisedResult run(LabelledImages labelled, LabelledImages validation, Consumer<JudgedEpoch> progress)
            throws IOException {
        List<JudgedEpoch> epochs = new ArrayList<>();
        for (int number = 0; number < options.epochs(); number++) {
            int epoch = number;
            Tally tally = new Tally();
            encoder.train(true);
            labelled.read(epoch, (images, labels) -> {
                // a batch norm of one image knows nothing
                if (labels.length > 1) {
                    LinearClassifier.Seen seen = step(images, labels, options.lr(epoch), options.headLr(epoch));
                    tally.add(check(seen, epoch), labels.length);
                }
            });
            epochs.add(tally.end(epoch, options.lr(epoch), judge(validation)));
            progress.accept(epochs.get(epoch));
        }
        return new SemiSupervisedResult(options, labelled.size(), epochs, head.state());
    }

    /** Learns from one batch: images (N, 3, H, W), N classes. */
    LinearClassifier.Seen step(Tensor images, int[] labels, double lr, double headLr) {
        try (PointerScope scope = new PointerScope()) {
            Tensor classesOf = Labels.of(labels, like);
            Labels.check(classesOf, classes, "the training images");
            encoder.zero_grad(true);
            Tensor features = encoder.pooled(images.to(like.device(), like.scalar_type())); // N x D
            LinearClassifier.Seen seen = head.learn(features, classesOf, headLr);
            trunk.step(lr);
            return seen;
        }
    }

    private LinearClassifier.Seen check(LinearClassifier.Seen seen, int epoch) throws IOException {
        if (!Double.isFinite(seen.loss())) {
            throw new IOException("the loss is no number in epoch " + (epoch + 1) + ": semi-lr " + options.lr(0)
                    + " or semi-head-lr " + options.headLr(0) + " is too high for these images, lower it");
        }
        return seen;
    }

    private Accuracy judge(LabelledImages validation) throws IOException {
        FeatureOptions raw = FeatureOptions.of(Layer.BACKBONE, FeatureOptions.Length.RAW);
        try (PointerScope scope = new PointerScope()) {
            Features features = Features.of(encoder, validation, raw);
            Labels.check(features.labels(), classes, "the validation images");
            return head.judge(features);
        }
    }

    /** Of the head. */
    Map<String, Tensor> state() {
        return head.state();
    }
}
