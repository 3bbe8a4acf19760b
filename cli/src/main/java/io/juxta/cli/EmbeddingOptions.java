package io.juxta.cli;

import io.juxta.eval.Layer;
import io.juxta.torch.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How an encoder embeds images: which of its outputs, how many at once, and what it computes in. */
final class EmbeddingOptions {
    static final String WEIGHTS = "A run's folder, its encoder.safetensors or one of its checkpoints; or weights that"
            + " import knows, such as MoCo's and SwAV's.";

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            description = "backbone (the default): the feature, which knows more; or head: the embedding that the loss"
                    + " saw.")
    private Layer layer = Layer.BACKBONE;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images computed at once; the default is 64.")
    private int batchSize = 64;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Of one operation; 0, the default, for one for each core that may be used.")
    private int threads;

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    Layer layer() {
        return layer;
    }

    int batchSize() {
        return batchSize;
    }

    int threads() {
        return threads;
    }

    String device() {
        return computed.device();
    }

    Precision precision() {
        return computed.precision();
    }
}
