package io.juxta.cli;

import io.juxta.data.Split;
import io.juxta.eval.Layer;
import io.juxta.runs.EmbeddedImages;
import io.juxta.runs.WorkListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that uses embeddings: an encoder, and the images that it embeds. */
abstract class EmbeddingCommand extends CountedCommand {
    @Parameters(
            paramLabel = "WEIGHTS",
            description = "A run's folder, its encoder.safetensors or one of its checkpoints; or weights that import"
                    + " knows, such as MoCo's and SwAV's.")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The images: a folder, with all that lies below it; or CIFAR-10's binary files. Without it those"
                            + " of --index, or of the run that WEIGHTS is of.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description =
                    "train or test (or val) alone. Without it the whole folder, and of CIFAR-10's binary files the"
                            + " training images.")
    private @Nullable Split split;

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            description = "backbone (the default): the feature, which knows more; or head: the embedding that the loss"
                    + " saw.")
    private Layer layer = Layer.BACKBONE;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images computed at once; the default is 64.")
    private int batchSize = 64;

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Of one operation; 0, the default, for one for each core that may be used.")
    private int threads;

    /** @param index embeddings of the images, which know where those are */
    final EmbeddedImages images(WorkListener listener, Optional<Path> index) throws IOException {
        EmbeddedImages images = EmbeddedImages.by(weights)
                .split(split)
                .layer(layer)
                .batchSize(batchSize)
                .device(computed.device())
                .precision(computed.precision())
                .threads(threads)
                .told(listener);
        data.ifPresent(images::on);
        return index.isPresent() ? images.index(index.get()) : images;
    }
}
