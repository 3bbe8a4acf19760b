package io.juxta.spark;

import io.juxta.EncoderOptions;
import io.juxta.eval.FeatureOptions.Length;
import io.juxta.eval.Layer;
import io.juxta.torch.Precision;
import java.io.Serializable;
import java.util.Locale;

/**
 * Which encoder a task needs: {@link EncoderOptions} in a form that can be sent.
 *
 * @param fingerprint of its weights
 */
record EncoderKey(String fingerprint, Layer layer, Length length, int batchSize, String device, Precision precision)
        implements Serializable {

    static EncoderKey of(String fingerprint, EncoderOptions options) {
        return new EncoderKey(
                fingerprint,
                options.layer(),
                options.length(),
                options.batchSize(),
                options.device(),
                options.precision());
    }

    EncoderOptions options() {
        return new EncoderOptions(layer, length, batchSize, device, precision);
    }

    /** What tells its embeddings from those that cannot be compared with them. */
    String encoder() {
        return fingerprint + " (" + layer.name().toLowerCase(Locale.ROOT) + ")";
    }
}
