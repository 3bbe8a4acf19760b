package io.juxta.eval;

import org.apiguardian.api.API;

/**
 * Options of {@link Features}.
 *
 * @param layer which output of the encoder
 * @param length what becomes of the lengths of the features
 * @param batchSize images at once where a data set is read, 256; it does not change the features
 */
@API(status = API.Status.EXPERIMENTAL)
public record FeatureOptions(Layer layer, Length length, int batchSize) {
    /** What becomes of the length of a feature. */
    public enum Length {
        /** Divided by: {@code x / max(|x|, 1e-12)}, so that a product of two is their cosine. */
        UNIT,
        /** Kept. */
        RAW
    }

    public FeatureOptions {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch size " + batchSize + " must be at least 1");
        }
    }

    /** In batches of 256. */
    public static FeatureOptions of(Layer layer, Length length) {
        return new FeatureOptions(layer, length, 256);
    }
}
