package io.juxta.eval;

import io.juxta.backbone.Encoder;
import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.image.Augmentation;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A data set seen through an encoder.
 *
 * @param values (N, D) float32, rows as the encoder gives them
 * @param labels int64 (N)
 */
public record Features(Tensor values, Tensor labels) implements AutoCloseable {
    private static final int BATCH = 250;

    /**
     * Runs an encoder in evaluation mode, without gradients, over every image once; its mode afterwards is as before.
     *
     * @param images an unreadable one is replaced, as in training
     * @param view how an image is prepared; nothing random
     * @param layer which output
     * @param device the encoder's
     * @return on that device
     */
    public static Features of(Encoder encoder, Dataset images, Augmentation view, Layer layer, Device device)
            throws IOException {
        boolean training = encoder.is_training();
        encoder.eval();
        try {
            return of(images, view, device, x -> layer == Layer.HEAD ? encoder.forward(x) : encoder.pooled(x));
        } finally {
            encoder.train(training);
        }
    }

    /** The pixels themselves, centred and scaled as the encoder would get them: the baseline that learning must beat. */
    public static Features pixels(Dataset images, Augmentation view) throws IOException {
        return of(images, view, new Device("cpu"), x -> x.flatten(1, -1));
    }

    private static Features of(Dataset images, Augmentation view, Device device, UnaryOperator<Tensor> network)
            throws IOException {
        LoaderOptions options = LoaderOptions.of(Math.min(BATCH, images.size()), 0)
                .withOrder(LoaderOptions.Order.SEQUENTIAL)
                .withLast(LoaderOptions.Last.KEEP);
        Tensor values = null;
        long[] labels = new long[images.size()];
        int done = 0;
        try (Loader loader = Loader.open(images, List.of(view), options)) {
            Loader.Epoch epoch = loader.epoch(0);
            while (epoch.hasNext()) {
                try (Batch batch = epoch.next();
                        PointerScope scope = new PointerScope();
                        NoGradGuard guard = new NoGradGuard()) {
                    Tensor x = network.apply(batch.view(0).to(device, ScalarType.Float));
                    if (values == null) {
                        values = torch.zeros(new long[] {images.size(), x.size(1)}, x.options())
                                .retainReference();
                    }
                    values.narrow(0, done, batch.size()).copy_(x);
                    for (int label : batch.labels()) {
                        labels[done++] = label;
                    }
                }
            }
        }
        if (values == null) {
            throw new IllegalStateException("no batch came of " + images.size() + " images");
        }
        return new Features(values, Tensor.create(labels).to(device, ScalarType.Long));
    }

    /** The same with every row brought to length 1, in place. */
    public Features normalized() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            values.copy_(torch.normalize(values));
        }
        return this;
    }

    /** Frees both tensors. */
    @Override
    public void close() {
        values.close();
        labels.close();
    }
}
