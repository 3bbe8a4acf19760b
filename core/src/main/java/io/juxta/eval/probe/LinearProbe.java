package io.juxta.eval.probe;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.LabelledImages;
import io.juxta.eval.Labels;
import io.juxta.eval.SharedPass;
import io.juxta.eval.probe.LinearProbeOptions.Mode;
import io.juxta.image.Augmentation;
import io.juxta.image.Draws;
import io.juxta.torch.Computing;
import io.juxta.train.Stop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Linear classification on frozen features (He et al., 2020, section 4.1; Caron et al., 2020, section 4.1): what
 * facebookresearch/moco's main_lincls.py and facebookresearch/swav's eval_linear.py do, by {@link LinearProbeOptions}. The encoder is in evaluation mode throughout, a classifier on its pooled features is trained by SGD, and
 * afterwards every tensor of the encoder must be what it was to the last bit.
 *
 * <pre>{@code
 * LinearProbeResult result = LinearProbe.run(
 *         encoder, train, Augmentation.linearTrain(224, n), val, Augmentation.evaluation(256, 224, n),
 *         LinearProbeOptions.defaults(), epoch -> log(epoch));
 * }</pre>
 *
 * <p>{@link Mode#AUGMENTED} is the originals' protocol. {@link Mode#CACHED} is not: it trains on features of plain
 * images that are computed once.
 */
@API(status = API.Status.INTERNAL)
public final class LinearProbe {
    /** Where the draws of the order stand among an epoch's images. */
    private static final int ORDER = -1;

    private final EncoderNetwork encoder;
    private final LinearProbeOptions options;
    private final Tensor like;
    private final LinearClassifier classifier;
    private final int classes;
    private final Communicator communicator;

    private LinearProbe(EncoderNetwork encoder, int classes, LinearProbeOptions options, Communicator communicator) {
        this.communicator = communicator;
        this.encoder = encoder;
        this.options = options;
        this.classes = classes;
        this.like = Features.like(encoder)
                .orElseThrow(() -> new IllegalArgumentException("an encoder without parameters cannot be probed"));
        this.classifier =
                LinearClassifier.probe(Features.whole(like), options.pooling().width(encoder), classes, options);
    }

    /**
     * Trains and judges a classifier on the images of two data sets.
     *
     * @param trainView what the original trains on is {@link Augmentation#linearTrain}; in mode cached it should have
     *     no randomness
     * @param validationView the original's is {@link Augmentation#evaluation}
     * @param progress told every epoch
     * @throws IOException when images cannot be read
     * @throws IllegalArgumentException when an image has no class
     * @throws IllegalStateException when a tensor of the encoder changed
     */
    public static LinearProbeResult run(
            EncoderNetwork encoder,
            Dataset train,
            Augmentation trainView,
            Dataset validation,
            Augmentation validationView,
            LinearProbeOptions options,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        return run(encoder, train, trainView, validation, validationView, options, Communicator.single(), progress);
    }

    /**
     * The same by several processes, each of which computes the features of its part of every batch; all of them then
     * train the same classifier.
     *
     * @throws IllegalArgumentException when a batch cannot be shared
     */
    public static LinearProbeResult run(
            EncoderNetwork encoder,
            Dataset train,
            Augmentation trainView,
            Dataset validation,
            Augmentation validationView,
            LinearProbeOptions options,
            Communicator communicator,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        LoaderOptions shuffled = SharedPass.shuffled(
                "probe-batch-size", options.batchSize(), train.size(), options.seed(), communicator);
        try (Loader trainLoader = Loader.open(train, List.of(trainView), shuffled);
                Loader validationLoader =
                        Features.open(validation, validationView, options.batchSize(), communicator)) {
            return run(
                    encoder,
                    LabelledImages.of(trainLoader, train),
                    LabelledImages.judged(validationLoader, validation),
                    options,
                    communicator,
                    progress);
        }
    }

    /**
     * Trains and judges a classifier.
     *
     * @param train in mode augmented its batches are the steps, a pass for each epoch; in mode cached one pass is read
     * @param validation read once: a frozen encoder gives the same features in every epoch
     * @param progress told every epoch
     * @throws IOException when images cannot be read
     * @throws IllegalArgumentException when an image has no class
     * @throws IllegalStateException when a tensor of the encoder changed
     */
    public static LinearProbeResult run(
            EncoderNetwork encoder,
            LabelledImages train,
            LabelledImages validation,
            LinearProbeOptions options,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        return run(encoder, train, validation, options, Communicator.single(), progress);
    }

    private static LinearProbeResult run(
            EncoderNetwork encoder,
            LabelledImages train,
            LabelledImages validation,
            LinearProbeOptions options,
            Communicator communicator,
            Consumer<JudgedEpoch> progress)
            throws IOException {
        if (train.size() == 0 || validation.size() == 0) {
            throw new IllegalArgumentException("a linear probe needs images to train on and to judge: there are "
                    + train.size() + " and " + validation.size());
        }
        if (options.batchNorm() && train.size() < 2) {
            throw new IllegalArgumentException(
                    "probe-bn true needs at least 2 images to train on, there is " + train.size() + ": leave it out");
        }
        int classes = Math.max(train.classes(), validation.classes());
        if (classes < 1) {
            throw new IllegalArgumentException("a linear probe needs images with classes: use a folder for each class");
        }
        boolean training = encoder.is_training();
        encoder.eval();
        try {
            return new LinearProbe(encoder, classes, options, communicator).run(train, validation, progress);
        } finally {
            encoder.train(training);
        }
    }

    private LinearProbeResult run(LabelledImages train, LabelledImages validation, Consumer<JudgedEpoch> progress)
            throws IOException {
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            Frozen frozen = new Frozen(encoder);
            Features judged = features(validation, "the validation images");
            Optional<Features> cached = options.mode() == Mode.CACHED
                    ? Optional.of(features(train, "the training images"))
                    : Optional.empty();
            List<JudgedEpoch> epochs = new ArrayList<>();
            for (int epoch = 0; epoch < options.epochs(); epoch++) {
                Tally tally = new Tally();
                if (cached.isPresent()) {
                    learn(cached.get(), epoch, tally);
                } else {
                    learn(train, epoch, tally);
                }
                if (epoch == 0 || epoch == options.epochs() - 1) {
                    frozen.check();
                }
                epochs.add(tally.end(epoch, options.lr(epoch), classifier.judge(judged)));
                progress.accept(epochs.get(epoch));
            }
            return new LinearProbeResult(options, epochs, classifier.state(), classifier.calibration(judged));
        }
    }

    private Features features(LabelledImages images, String whose) throws IOException {
        Features features = Features.of(
                        encoder,
                        batch -> options.pooling().of(encoder, batch),
                        images,
                        FeatureOptions.Length.RAW,
                        communicator,
                        done -> {})
                .readable();
        Labels.check(features.labels(), classes, whose);
        return features;
    }

    /** An epoch over images whose features are computed as they come. */
    private void learn(LabelledImages train, int epoch, Tally tally) throws IOException {
        SharedPass pass = new SharedPass(communicator, train.size());
        train.read(epoch, (images, labels) -> {
            try (Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope()) {
                Tensor features;
                try (NoGradGuard guard = new NoGradGuard()) {
                    features =
                            Features.whole(options.pooling().of(encoder, images.to(like.device(), like.scalar_type())));
                }
                Tensor classesOf = pass.whole(Labels.of(labels, like));
                Labels.check(classesOf, classes, "the training images");
                learn(pass.whole(features), classesOf, epoch, tally);
                pass.passed(classesOf.size(0));
            }
        });
    }

    /** An epoch over features that were computed before, in an order of its own. */
    private void learn(Features cached, int epoch, Tally tally) throws IOException {
        Stop.ifInterrupted();
        int[] order = Draws.of(options.seed(), epoch, ORDER, 0).permutation(cached.size());
        for (int from = 0; from < order.length; from += options.batchSize()) {
            int count = Math.min(options.batchSize(), order.length - from);
            try (Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope()) {
                Tensor rows = Labels.of(Arrays.copyOfRange(order, from, from + count), cached.labels());
                Tensor features = cached.values().index_select(0, rows);
                learn(features, cached.labels().index_select(0, rows), epoch, tally);
            }
        }
    }

    /** One step, unless it is of an image alone and there is a batch norm, which could learn nothing from it. */
    private void learn(Tensor features, Tensor labels, int epoch, Tally tally) {
        long images = labels.size(0);
        if (images > 1 || !options.batchNorm()) {
            tally.add(classifier.learn(features, labels, options.lr(epoch)), images);
        }
    }
}
