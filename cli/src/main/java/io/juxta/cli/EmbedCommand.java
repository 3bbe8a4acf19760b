package io.juxta.cli;

import io.juxta.runs.BulkEmbeddings;
import io.juxta.runs.EmbeddedImages;
import io.juxta.search.bulk.BulkFormat;
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
            "Images are prepared as for evaluation. One that cannot be read is left out and named. With --format the same"
                    + " command goes on where it was stopped.",
            "",
            "  juxta embed runs/photos --data photos --output photos.npz",
            "  juxta embed runs/photos --data photos --format opensearch --output photos-bulk",
            "  python -c \"import numpy; f = numpy.load('photos.npz'); print(f['paths'][0], f['embeddings'].shape)\""
        })
final class EmbedCommand extends EmbeddingCommand {
    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE|DIR",
            description =
                    "A folder with --format. Else a file that ends in .npy (paths beside it in FILE.paths.txt), .npz (arrays embeddings and paths), .csv, or"
                            + " .safetensors, which search and duplicates read.")
    private Path output = Path.of("");

    @Option(names = "--raw", description = "Leave embeddings as long as they are; otherwise each has length 1.")
    private boolean raw;

    @Option(names = "--overwrite", description = "Replace what is there already.")
    private boolean overwrite;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "Files for a data base, with the definition of what they go into: opensearch, elasticsearch,"
                    + " pgvector or qdrant.")
    private Optional<String> format = Optional.empty();

    @Option(
            names = "--part-size",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "With --format, the most that a file may have; the default is 10MiB.")
    private Optional<Long> partSize = Optional.empty();

    @Override
    boolean isBrokenOff() {
        return format.isEmpty();
    }

    @Override
    Optional<String> kept() {
        return format.map(name -> "the files that are whole are kept, the same command goes on");
    }

    @Override
    void work(Spoken told) throws IOException {
        EmbeddedImages images = images(told, Optional.empty());
        if (format.isPresent()) {
            bulk(images, BulkFormat.of(format.get()));
        } else if (partSize.isPresent()) {
            throw new IllegalArgumentException("--part-size is of files for a data base: give --format as well");
        } else {
            (raw ? images.raw() : images).write(output, overwrite);
        }
    }

    private void bulk(EmbeddedImages images, BulkFormat kind) throws IOException {
        if (raw) {
            throw new IllegalArgumentException("--raw goes without --format: data bases compare by cosine");
        }
        BulkEmbeddings bulk = BulkEmbeddings.of(images).as(kind).into(output).stopWhen(this::isToStop);
        partSize.ifPresent(bulk::partSize);
        (overwrite ? bulk.overwriting() : bulk).write();
    }
}
