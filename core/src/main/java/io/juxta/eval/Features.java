package io.juxta.eval;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.image.Augmentation;
import io.juxta.torch.Computing;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The features of a set of images.
 *
 * <pre>{@code
 * FeatureOptions options = FeatureOptions.of(Layer.HEAD, FeatureOptions.Length.UNIT);
 * try (Features bank = Features.of(encoder, train, Augmentation.plain(32, Normalization.CIFAR10), options)) {
 *     ...
 * }
 * }</pre>
 *
 * @param values (N, D), without gradients, on the encoder's device; of its type, or float32 where that is shorter
 * @param labels int64 (N), on the same device; -1 where there is no class, {@link LabelledImages#STAND_IN} where another
 *     image stands in for one that cannot be read
 */
@API(status = API.Status.INTERNAL)
public record Features(Tensor values, Tensor labels) implements AutoCloseable {
    /**
     * Runs an encoder over images, in evaluation mode and without gradients; whether it was training is restored. Memory
     * beyond the result is that of one batch.
     *
     * @throws IOException when images cannot be read
     * @throws IllegalStateException when the images are not as many as they say
     */
    public static Features of(EncoderNetwork encoder, LabelledImages images, FeatureOptions options)
            throws IOException {
        return of(encoder, images, options, Communicator.single());
    }

    /** @param images of which this process gets its part of every batch */
    public static Features of(
            EncoderNetwork encoder, LabelledImages images, FeatureOptions options, Communicator communicator)
            throws IOException {
        return of(encoder, images, options, communicator, done -> {});
    }

    private static Features of(
            EncoderNetwork encoder,
            LabelledImages images,
            FeatureOptions options,
            Communicator communicator,
            IntConsumer progress)
            throws IOException {
        UnaryOperator<Tensor> forward = options.layer() == Layer.BACKBONE ? encoder::pooled : encoder::forward;
        return of(encoder, forward, images, options.length(), communicator, progress);
    }

    /** @param forward of the encoder, from images to (N, D) */
    public static Features of(
            EncoderNetwork encoder,
            UnaryOperator<Tensor> forward,
            LabelledImages images,
            FeatureOptions.Length length,
            Communicator communicator,
            IntConsumer progress)
            throws IOException {
        Optional<Tensor> like = like(encoder);
        boolean training = encoder.is_training();
        encoder.eval();
        try {
            return collect(
                    images,
                    batch -> forward.apply(
                            like.map(p -> batch.to(p.device(), p.scalar_type())).orElse(batch)),
                    length,
                    communicator,
                    progress);
        } finally {
            encoder.train(training);
        }
    }

    /**
     * Runs an encoder over one view of every image of a data set, in the set's order.
     *
     * @param view without randomness, as {@link Augmentation#evaluation} and {@link Augmentation#plain} are; a random
     *     one draws the same in every call
     * @throws IOException when images cannot be read
     */
    public static Features of(EncoderNetwork encoder, Dataset dataset, Augmentation view, FeatureOptions options)
            throws IOException {
        return of(encoder, dataset, view, options, Communicator.single());
    }

    /**
     * The same by several processes, each of which computes its part of the images; all of them get all features.
     *
     * @throws IOException when images cannot be read
     */
    public static Features of(
            EncoderNetwork encoder,
            Dataset dataset,
            Augmentation view,
            FeatureOptions options,
            Communicator communicator)
            throws IOException {
        return of(encoder, dataset, view, options, communicator, done -> {});
    }

    /**
     * The same.
     *
     * @param progress is told after every batch how many more images are done, by all processes together
     * @throws IOException when images cannot be read
     */
    public static Features of(
            EncoderNetwork encoder,
            Dataset dataset,
            Augmentation view,
            FeatureOptions options,
            Communicator communicator,
            IntConsumer progress)
            throws IOException {
        try (Loader loader = open(dataset, view, options.batchSize(), communicator)) {
            return of(encoder, LabelledImages.judged(loader, dataset), options, communicator, progress);
        }
    }

    /**
     * The images themselves as features, the baseline that an encoder must beat.
     *
     * @return values (N, 3 H W) on the CPU
     * @throws IOException when images cannot be read
     */
    public static Features ofPixels(LabelledImages images, FeatureOptions.Length length) throws IOException {
        return collect(images, batch -> batch.flatten(1, -1), length, Communicator.single(), done -> {});
    }

    /**
     * The images of a data set as features, in the set's order.
     *
     * @return values (N, 3 size size) on the CPU
     * @throws IOException when images cannot be read
     */
    public static Features ofPixels(Dataset dataset, Augmentation view, FeatureOptions.Length length)
            throws IOException {
        try (Loader loader = open(dataset, view, 256)) {
            return ofPixels(LabelledImages.judged(loader, dataset), length);
        }
    }

    /**
     * Those of images that could be read, what they are to be judged by. Takes the place of this, which is closed where
     * any is left out.
     */
    public Features readable() {
        // slots of the caller's scope
        Tensor kept = new Tensor();
        Tensor classes = new Tensor();
        try (PointerScope scope = new PointerScope()) {
            Tensor read = labels.ne(new Scalar(LabelledImages.STAND_IN));
            if (read.all().item_bool()) {
                return this;
            }
            Tensor rows = read.nonzero().flatten();
            kept.put(values.index_select(0, rows));
            classes.put(labels.index_select(0, rows));
        }
        close();
        return new Features(kept, classes);
    }

    /** N. */
    public int size() {
        return Math.toIntExact(values.size(0));
    }

    /** Frees both tensors. */
    @Override
    public void close() {
        values.close();
        labels.close();
    }

    /** In float32 where the network is held in less: distances and norms need the digits. */
    public static Tensor whole(Tensor features) {
        ScalarType type = features.scalar_type().intern();
        return type == ScalarType.BFloat16 || type == ScalarType.Half ? features.to(ScalarType.Float) : features;
    }

    public static Loader open(Dataset dataset, Augmentation view, int batchSize) {
        return open(dataset, view, batchSize, Communicator.single());
    }

    /** @param batchSize of all processes together, at most */
    public static Loader open(Dataset dataset, Augmentation view, int batchSize, Communicator communicator) {
        int whole = Math.min(batchSize, Math.max(1, dataset.size()));
        LoaderOptions options = LoaderOptions.of(Math.max(1, whole / communicator.size()), 0)
                .withOrder(LoaderOptions.Order.SEQUENTIAL)
                .withLast(LoaderOptions.Last.KEEP)
                .withShare(communicator.rank(), communicator.size());
        return Loader.open(dataset, List.of(view), options);
    }

    /** A tensor of the type and on the device that the encoder's inputs must have. */
    public static Optional<Tensor> like(EncoderNetwork encoder) {
        Map<String, Tensor> parameters = StateDict.parameters(encoder);
        return parameters.values().stream().findFirst();
    }

    private static Features collect(
            LabelledImages images,
            UnaryOperator<Tensor> forward,
            FeatureOptions.Length length,
            Communicator communicator,
            IntConsumer progress)
            throws IOException {
        Collector collector = new Collector(images.size(), forward, length, communicator, progress);
        images.read(0, collector);
        if (collector.filled != images.size()) {
            throw new IllegalStateException("expected " + images.size() + " images, there were " + collector.filled);
        }
        return new Features(collector.values, collector.labels);
    }

    private static final class Collector implements LabelledImages.Consumer {
        private final int size;
        private final UnaryOperator<Tensor> forward;
        private final FeatureOptions.Length length;
        private final SharedPass pass;
        private final IntConsumer progress;
        // slots of the caller's scope: the first batch, which tells the width, fills them from its own
        private final Tensor values = new Tensor();
        private final Tensor labels = new Tensor();
        private int filled;

        Collector(
                int size,
                UnaryOperator<Tensor> forward,
                FeatureOptions.Length length,
                Communicator communicator,
                IntConsumer progress) {
            this.size = size;
            this.progress = progress;
            pass = new SharedPass(communicator, size);
            this.forward = forward;
            this.length = length;
        }

        @Override
        public void accept(Tensor images, int[] classes) {
            int count = classes.length;
            if (count > size - filled || images.size(0) != count) {
                throw new IllegalStateException("expected " + (size - filled) + " more images, there are "
                        + images.size(0) + " with " + count + " labels");
            }
            try (Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Tensor features = whole(forward.apply(images)); // N x D
                if (length == FeatureOptions.Length.UNIT) {
                    features = torch.normalize(features);
                }
                Tensor all = pass.whole(features);
                Tensor classesOf = pass.whole(Labels.of(classes, features));
                int rows = Math.toIntExact(all.size(0));
                if (filled == 0) {
                    values.put(torch.zeros(new long[] {size, features.size(1)}, features.options()));
                    labels.put(Labels.of(new int[size], features));
                }
                values.narrow(0, filled, rows).copy_(all);
                labels.narrow(0, filled, rows).copy_(classesOf);
                filled += rows;
                pass.passed(rows);
                progress.accept(rows);
            }
        }
    }
}
