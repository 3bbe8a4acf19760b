package io.juxta.springai;

import io.juxta.EncoderOptions;
import io.juxta.eval.FeatureOptions.Length;
import io.juxta.eval.Layer;
import io.juxta.torch.Precision;
import java.nio.file.Path;
import java.util.Locale;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an application says of its encoder.
 *
 * @param weights {@code juxta.encoder.weights}: a run's folder, its {@code encoder.safetensors}, or published weights; without it
 *     there are no beans
 * @param modelName {@code juxta.encoder.model-name}: what responses call it; the weights' path unless it is said
 * @param layer {@code backbone} (the default) or {@code head}
 * @param length {@code unit} (the default) or {@code raw}
 * @param batchSize the most pictures computed at once, 32
 * @param device {@code auto} (the default), {@code cpu} or {@code cuda:N}
 * @param precision {@code float32} (the default), {@code bfloat16}, and on GPUs {@code tf32} and {@code float16}
 */
@API(status = API.Status.EXPERIMENTAL)
@ConfigurationProperties("juxta.encoder")
public record JuxtaProperties(
        Path weights,
        @Nullable String modelName,
        @DefaultValue("backbone") Layer layer,
        @DefaultValue("unit") Length length,
        @DefaultValue("32") int batchSize,
        @DefaultValue("auto") String device,
        @DefaultValue("float32") String precision) {

    /** The same as options of the library's. */
    public EncoderOptions options() {
        return new EncoderOptions(
                layer, length, batchSize, device, Precision.valueOf(precision.toUpperCase(Locale.ROOT)));
    }

    String name() {
        return modelName == null ? weights.toString() : modelName;
    }
}
