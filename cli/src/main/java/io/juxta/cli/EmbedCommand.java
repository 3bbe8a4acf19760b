package io.juxta.cli;

import io.juxta.runs.EmbeddedImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Embeddings of a folder's images as a file. */
@Command(
        name = "embed",
        description = "Write the embedding of every image into a file.",
        footer = {
            "",
            "Images are prepared as for evaluation. One that cannot be read is left out and named.",
            "",
            "  juxta embed runs/photos --data photos --output photos.npz",
            "  python -c \"import numpy; f = numpy.load('photos.npz'); print(f['paths'][0], f['embeddings'].shape)\""
        })
final class EmbedCommand extends EmbeddingCommand {
    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description =
                    "Ends in .npy (paths beside it in FILE.paths.txt), .npz (arrays embeddings and paths), .csv, or"
                            + " .safetensors, which search and duplicates read.")
    private Path output = Path.of("");

    @Option(names = "--raw", description = "Leave embeddings as long as they are; otherwise each has length 1.")
    private boolean raw;

    @Option(names = "--overwrite", description = "Replace the file if it is there already.")
    private boolean overwrite;

    @Override
    void work(Spoken told) throws IOException {
        EmbeddedImages images = images(told, Optional.empty());
        (raw ? images.raw() : images).write(output, overwrite);
    }
}
