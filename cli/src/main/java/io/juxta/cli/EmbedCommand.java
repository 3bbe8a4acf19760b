package io.juxta.cli;

import io.juxta.runs.EmbeddedImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
final class EmbedCommand implements Callable<Integer> {
    @Mixin
    private EmbeddingOptions embedded = new EmbeddingOptions();

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
    public Integer call() throws IOException {
        try (Interruption interruption = Interruption.ofThisThread();
                Spoken spoken = new Spoken(embedded.style())) {
            EmbeddedImages images = embedded.images(spoken, Optional.empty());
            (raw ? images.raw() : images).write(output, overwrite);
        }
        return ExitStatus.DONE;
    }
}
