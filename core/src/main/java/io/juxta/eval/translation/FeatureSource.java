package io.juxta.eval.translation;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.eval.Features;
import io.juxta.image.Normalization;
import io.juxta.torch.Computing;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What makes the features that sets of images are compared by. Figures by different features cannot be compared, so its
 * name stands beside every figure: {@code kid(pixels16)}.
 *
 * <pre>{@code
 * Tensor photos = FeatureSource.pixels().of(ImageBatches.of(ImageFolder.open(Path.of("photos")), 64));
 * }</pre>
 *
 * @param name short, and different for different features
 * @param forward images (N, 3, H, W), float32 from 0 to 1, to features (N, D); called without gradients
 */
@API(status = API.Status.INTERNAL)
public record FeatureSource(String name, UnaryOperator<Tensor> forward) {
    /** The side to which {@link #pixels} reduces an image, and the least that it takes. */
    public static final int PIXELS = 16;

    /**
     * The colours of an image reduced to 16 x 16, D = 768, each the mean of an area, from 0 to 1. They need no weights
     * and are the same everywhere, and see colours and coarse shapes alone: neither texture nor what is in the picture.
     */
    public static FeatureSource pixels() {
        return new FeatureSource("pixels" + PIXELS, images -> {
            if (images.size(2) < PIXELS || images.size(3) < PIXELS) {
                throw new IllegalArgumentException("images of " + images.size(3) + " x " + images.size(2)
                        + " are too small for these features: they need at least " + PIXELS + " x " + PIXELS);
            }
            return torch.adaptive_avg_pool2d(images, PIXELS, PIXELS).flatten(1, -1);
        });
    }

    /**
     * An encoder's pooled features as they are, computed in evaluation mode; whether it was training is restored.
     *
     * @param weights what the encoder is called, such as its file
     * @param normalization that it was trained with
     */
    public static FeatureSource encoder(String weights, EncoderNetwork encoder, Normalization normalization) {
        return new FeatureSource("encoder " + weights, images -> {
            Tensor like = Features.like(encoder).orElse(images);
            Tensor x = images.sub(channels(normalization.mean(), images)).div(channels(normalization.std(), images));
            boolean training = encoder.is_training();
            encoder.eval();
            try {
                return encoder.pooled(x.to(like.device(), like.scalar_type()));
            } finally {
                encoder.train(training);
            }
        });
    }

    private static Tensor channels(List<Float> values, Tensor like) {
        float[] each = {values.get(0), values.get(1), values.get(2)};
        return Tensor.create(each, 1, 3, 1, 1).to(like.device(), like.scalar_type());
    }

    /**
     * The features of all images. Memory is that of the result twice, and that of one batch.
     *
     * @return float32 (N, D) on the CPU, without gradients; the caller's to close
     * @throws IOException when images cannot be read, there are none, or a feature is no number
     */
    public Tensor of(ImageBatches images) throws IOException {
        Tensor all = new Tensor();
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            Collector collector = new Collector();
            images.read(collector);
            if (collector.parts.empty()) {
                throw new IOException("there are no images to make features of (" + name + ")");
            }
            all.put(torch.cat(collector.parts, 0));
        }
        return all;
    }

    private final class Collector implements ImageBatches.Consumer {
        private final TensorVector parts = new TensorVector();
        private long images;

        @Override
        public void accept(Tensor batch) throws IOException {
            try (Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Tensor x = batch.to(ScalarType.Float)
                        .clamp(new ScalarOptional(new Scalar(0)), new ScalarOptional(new Scalar(1)));
                Tensor features = forward.apply(x).cpu().to(ScalarType.Float);
                if (!features.isfinite().all().item_bool()) {
                    throw new IOException("features that are no numbers (" + name + "), of the image " + (images + 1)
                            + " or one of the " + (features.size(0) - 1) + " after it: what made them came apart, take"
                            + " an older checkpoint");
                }
                parts.push_back(features);
                images += features.size(0);
            }
        }
    }
}
