package io.juxta.cli;

import io.juxta.data.Split;
import io.juxta.runs.EmbeddedImages;
import io.juxta.runs.WorkListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that uses embeddings: an encoder, and the images that it embeds. */
abstract class EmbeddingCommand extends EncoderCommand {
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

    /** @param index embeddings of the images, which know where those are */
    final EmbeddedImages images(WorkListener listener, Optional<Path> index) throws IOException {
        EmbeddedImages images = encoder(listener).split(split);
        data.ifPresent(images::on);
        return index.isPresent() ? images.index(index.get()) : images;
    }
}
