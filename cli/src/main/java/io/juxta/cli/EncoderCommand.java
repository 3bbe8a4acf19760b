package io.juxta.cli;

import io.juxta.runs.EmbeddedImages;
import io.juxta.runs.WorkListener;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command that uses an encoder. */
abstract class EncoderCommand extends CountedCommand {
    @Parameters(paramLabel = "WEIGHTS", description = EmbeddingOptions.WEIGHTS)
    private Path weights = Path.of("");

    @Mixin
    private EmbeddingOptions embedding = new EmbeddingOptions();

    /** The encoder, and who is told what it does. */
    final EmbeddedImages encoder(WorkListener listener) {
        return EmbeddedImages.by(weights)
                .layer(embedding.layer())
                .batchSize(embedding.batchSize())
                .device(embedding.device())
                .precision(embedding.precision())
                .threads(embedding.threads())
                .told(listener);
    }
}
