package io.juxta.eval.probe;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.eval.Accuracy;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.LabelledImages;
import io.juxta.eval.Labels;
import io.juxta.eval.SharedPass;
import io.juxta.image.Augmentation;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Computing;
import io.juxta.torch.StateDict;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Semi-supervised fine-tuning (Caron et al., 2020, section 4.1, table 1; Chen et al., 2020, "SimCLR"): what
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
@API(status = API.Status.INTERNAL)
public final class SemiSupervised {
    private final EncoderNetwork encoder;
    private final SemiSupervisedOptions options;
    private final int classes;
    private final Tensor like;
    private final LinearClassifier head;
    private final Sgd trunk;
    private final Communicator communicator;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    private final List<Tensor> parameters;
    /** Whether batch norms are those of all processes' images. */
    private boolean together;

    SemiSupervised(EncoderNetwork encoder, int classes, SemiSupervisedOptions options) {
        this(encoder, classes, options, MixedPrecision.none(), Communicator.single());
    }

    private SemiSupervised(
            EncoderNetwork encoder,
            int classes,
            SemiSupervisedOptions options,
            MixedPrecision precision,
            Communicator communicator) {
        this.communicator = communicator;
        this.precision = precision;
        this.encoder = encoder;
        this.options = options;
        this.classes = classes;
        this.like = Features.like(encoder)
                .orElseThrow(() -> new IllegalArgumentException("an encoder without parameters cannot be fine-tuned"));
        this.head = LinearClassifier.head(like, encoder.features(), classes, options);
        Map<String, Tensor> reached = reached();
        List<Tensor> parameters = new ArrayList<>(reached.values());
        List<Double> rates = reached.keySet().stream()
                .map(name -> encoder.layerRate(name, options.layerDecay()))
                .toList();
        this.trunk = new Sgd(parameters, rates, options.sgd());
        parameters.addAll(head.parameters());
        this.gradients = new GradientAverage(communicator, parameters);
        this.parameters = List.copyOf(parameters);
    }

    /** The parameters that the pooled feature depends on: all but those of the encoder's own head. */
    private Map<String, Tensor> reached() {
        boolean training = encoder.is_training();
        // in evaluation mode no running statistic moves
        encoder.eval();
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            encoder.zero_grad(true);
            // which parameters are reached does not depend on the picture
            int side = encoder.smallSide();
            encoder.pooled(torch.zeros(new long[] {1, 3, side, side}, like.options()))
                    .sum()
                    .backward();
        }
        Map<String, Tensor> reached = new LinkedHashMap<>(StateDict.parameters(encoder));
        reached.values().removeIf(tensor -> !tensor.grad().defined());
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
            EncoderNetwork encoder,
            Dataset labelled,
            Augmentation trainView,
            Dataset validation,
            Augmentation validationView,
            SemiSupervisedOptions options,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        return run(
                encoder,
                labelled,
                trainView,
                validation,
                validationView,
                options,
                MixedPrecision.none(),
                Communicator.single(),
                progress);
    }

    /**
     * The same by several processes: each learns from its part of every batch, with batch norm over all of it, and judges
     * its part of the images.
     *
     * @param precision that the encoder computes in; its weights, the head and the loss stay in float32
     * @throws IllegalArgumentException when a batch cannot be shared
     */
    public static SemiSupervisedResult run(
            EncoderNetwork encoder,
            Dataset labelled,
            Augmentation trainView,
            Dataset validation,
            Augmentation validationView,
            SemiSupervisedOptions options,
            MixedPrecision precision,
            Communicator communicator,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        LoaderOptions shuffled = SharedPass.shuffled(
                "semi-batch-size", options.batchSize(), labelled.size(), options.seed(), communicator);
        try (Loader loader = Loader.open(labelled, List.of(trainView), shuffled);
                Loader judged = Features.open(validation, validationView, options.batchSize(), communicator)) {
            return run(
                    encoder,
                    LabelledImages.of(loader, labelled),
                    LabelledImages.judged(judged, validation),
                    options,
                    precision,
                    communicator,
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
            EncoderNetwork encoder,
            LabelledImages labelled,
            LabelledImages validation,
            SemiSupervisedOptions options,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        return run(encoder, labelled, validation, options, MixedPrecision.none(), Communicator.single(), progress);
    }

    private static SemiSupervisedResult run(
            EncoderNetwork encoder,
            LabelledImages labelled,
            LabelledImages validation,
            SemiSupervisedOptions options,
            MixedPrecision precision,
            Communicator communicator,
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
            SemiSupervised tuning = new SemiSupervised(encoder, classes, options, precision, communicator);
            try (tuning.trunk;
                    tuning.gradients) {
                return tuning.run(labelled, validation, progress);
            }
        } finally {
            synchronize(encoder, Communicator.single());
            encoder.zero_grad(true);
            encoder.train(training);
        }
    }

    private SemiSupervisedResult run(LabelledImages labelled, LabelledImages validation, Consumer<JudgedEpoch> progress)
            throws IOException {
        List<JudgedEpoch> epochs = new ArrayList<>();
        @Nullable Calibration calibration = null;
        for (int number = 0; number < options.epochs(); number++) {
            int epoch = number;
            Tally tally = new Tally();
            encoder.train(true);
            SharedPass pass = new SharedPass(communicator, labelled.size());
            labelled.read(epoch, (images, labels) -> {
                boolean part = pass.isPart(labels.length);
                int all = part ? labels.length * communicator.size() : labels.length;
                // a batch norm of one image knows nothing
                if (all > 1) {
                    together(part);
                    LinearClassifier.Seen seen = step(images, labels, options.lr(epoch), options.headLr(epoch));
                    tally.add(check(part ? ofAll(seen) : seen, epoch), all);
                }
                pass.passed(all);
            });
            Judged judged = judge(validation, number == options.epochs() - 1);
            epochs.add(tally.end(epoch, options.lr(epoch), judged.accuracy));
            calibration = judged.calibration;
            progress.accept(epochs.get(epoch));
        }
        return new SemiSupervisedResult(
                options, labelled.size(), epochs, head.state(), Objects.requireNonNull(calibration));
    }

    /** Batches that each process has a part of are normalised as one; those that each has as a whole, by each. */
    private void together(boolean part) {
        if (part != together) {
            synchronize(encoder, part ? communicator : Communicator.single());
            together = part;
        }
    }

    private static void synchronize(EncoderNetwork encoder, Communicator communicator) {
        BatchNorm.in(encoder).forEach(norm -> norm.synchronize(communicator));
    }

    private LinearClassifier.Seen ofAll(LinearClassifier.Seen mine) {
        double[] sums = {mine.loss() / communicator.size(), mine.right()[0], mine.right()[1]};
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            Tensor all = Tensor.create(sums);
            communicator.sum(all);
            all.data_ptr_double().get(sums);
        }
        return new LinearClassifier.Seen(sums[0], new long[] {Math.round(sums[1]), Math.round(sums[2])});
    }

    /** Learns from one batch: images (N, 3, H, W), N classes. */
    LinearClassifier.Seen step(Tensor images, int[] labels, double lr, double headLr) {
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            Tensor classesOf = Labels.of(labels, like);
            Labels.check(classesOf, classes, "the training images");
            encoder.zero_grad(true);
            Tensor x = images.to(like.device(), like.scalar_type());
            Tensor features = precision.compute(() -> encoder.pooled(x)); // N x D
            return head.learn(features, classesOf, headLr, loss -> {
                boolean fit = precision.backward(gradients, loss, parameters);
                if (fit) {
                    trunk.step(lr);
                }
                return fit;
            });
        }
    }

    private LinearClassifier.Seen check(LinearClassifier.Seen seen, int epoch) throws IOException {
        if (!Double.isFinite(seen.loss())) {
            throw new IOException("the loss is no number in epoch " + (epoch + 1) + ": semi-lr " + options.lr(0)
                    + " or semi-head-lr " + options.headLr(0) + " is too high for these images, lower it");
        }
        return seen;
    }

    private record Judged(Accuracy accuracy, @Nullable Calibration calibration) {}

    private Judged judge(LabelledImages validation, boolean isLast) throws IOException {
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            Features features = Features.of(
                            encoder,
                            images -> precision.compute(() -> encoder.pooled(images)),
                            validation,
                            FeatureOptions.Length.RAW,
                            communicator,
                            done -> {})
                    .readable();
            Labels.check(features.labels(), classes, "the validation images");
            return new Judged(head.judge(features), isLast ? head.calibration(features) : null);
        }
    }

    /** Of the head. */
    Map<String, Tensor> state() {
        return head.state();
    }
}
