package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.eval.FeatureOptions;
import io.juxta.runs.OutputFile;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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
    private EmbeddedImages embedded = new EmbeddedImages();

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
        EmbeddingFile format = EmbeddingFile.of(output);
        OutputFile.requireWritable(output, "embeddings.npz");
        if (!overwrite && Files.exists(output)) {
            throw new IOException(output + " is there already: give --overwrite, or another --output");
        }
        embedded.originals().requireNoneAt(output);
        Dataset images = embedded.images();
        embedded.sayLeft(images);
        try (Interruption interruption = Interruption.ofThisThread();
                Embeddings embeddings =
                        embedded.embed(images, raw ? FeatureOptions.Length.RAW : FeatureOptions.Length.UNIT)) {
            format.write(output, embeddings);
            System.out.printf(
                    Locale.ROOT,
                    "%,d embeddings of %,d values: %s%n",
                    embeddings.size(),
                    embeddings.dimension(),
                    output);
            LeftOut.say(images, embeddings);
        }
        return ExitStatus.DONE;
    }
}
