package io.juxta.cli;

import io.juxta.runs.CollectionRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that looks at a collection of pictures: these, what embeds them, and what they are labelled. */
abstract class CollectionCommand extends CountedCommand {
    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The pictures.")
    private Path data = Path.of("");

    @Option(names = "--encoder", paramLabel = "WEIGHTS", description = EmbeddingOptions.WEIGHTS)
    private Optional<Path> encoder = Optional.empty();

    @Option(
            names = "--embeddings",
            paramLabel = "FILE",
            description =
                    "Embeddings of the pictures, a .safetensors file by juxta embed; with --encoder they must be its.")
    private Optional<Path> embeddings = Optional.empty();

    @Option(
            names = "--labelled",
            paramLabel = "FILE",
            description =
                    "Which pictures are labelled: a name in each line, or a CSV with columns image and label, such as"
                            + " selection.csv filled in.")
    private Optional<Path> labelled = Optional.empty();

    @Mixin
    private EmbeddingOptions embedding = new EmbeddingOptions();

    /** Asks for what is to be done with the pictures. */
    final <T extends CollectionRequest<T>> T asked(Function<Path, T> what, Spoken told) {
        T request = what.apply(data)
                .layer(embedding.layer())
                .batchSize(embedding.batchSize())
                .device(embedding.device())
                .precision(embedding.precision())
                .threads(embedding.threads())
                .told(told);
        encoder.ifPresent(request::by);
        embeddings.ifPresent(request::embeddings);
        labelled.ifPresent(request::labelled);
        return request;
    }

    final Path data() {
        return data;
    }
}
