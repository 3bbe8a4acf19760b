package io.juxta;

import io.juxta.eval.FeatureOptions.Length;
import io.juxta.eval.Layer;
import io.juxta.torch.Precision;
import org.apiguardian.api.API;

/**
 * Options of an {@link Encoder}.
 *
 * @param layer {@link Layer#BACKBONE} (the default), what transfers; or {@link Layer#HEAD}, the embedding that the loss
 *     saw, which is shorter and as good among images like those it was trained on
 * @param length {@link Length#UNIT} (the default), so that a product of two embeddings is their cosine; or
 *     {@link Length#RAW}, as the network gives them
 * @param batchSize the most images computed at once, 32; more pays on a GPU. It does not change the embeddings but for
 *     rounding. With 1 each is computed by itself, in the thread that asks for it: it is then the same to the last bit
 *     whatever else is asked for, on the same kind of processor and with the same number of threads to an operation
 * @param device {@code cpu}, {@code cuda:N} or {@code auto} (the default): the first CUDA device where there is one
 * @param precision that the network is held and computed in: {@link Precision#FLOAT32} (the default); {@link
 *     Precision#BFLOAT16} is quicker on processors that have it, and moves embeddings by about a hundredth of their length
 */
@API(status = API.Status.STABLE)
public record EncoderOptions(Layer layer, Length length, int batchSize, String device, Precision precision) {
    private static final int MOST = 4096;

    public EncoderOptions {
        if (batchSize < 1 || batchSize > MOST) {
            throw new IllegalArgumentException("batch size " + batchSize + " must be from 1 to " + MOST);
        }
    }

    /** Features of length 1, in batches of at most 32, on whatever device there is. */
    public static EncoderOptions defaults() {
        return new EncoderOptions(Layer.BACKBONE, Length.UNIT, 32, "auto", Precision.FLOAT32);
    }

    public EncoderOptions withLayer(Layer layer) {
        return new EncoderOptions(layer, length, batchSize, device, precision);
    }

    public EncoderOptions withLength(Length length) {
        return new EncoderOptions(layer, length, batchSize, device, precision);
    }

    public EncoderOptions withBatchSize(int batchSize) {
        return new EncoderOptions(layer, length, batchSize, device, precision);
    }

    public EncoderOptions withDevice(String device) {
        return new EncoderOptions(layer, length, batchSize, device, precision);
    }

    public EncoderOptions withPrecision(Precision precision) {
        return new EncoderOptions(layer, length, batchSize, device, precision);
    }
}
