package io.juxta.cli;

import io.juxta.lucene.IndexSearching;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The nearest images of an index on disk. */
@Command(
        name = "search",
        description = "Find the images of an index on disk that are most like an image.",
        footer = {
            "",
            "It says whether it has compared with each image or gone by the graph, and what the graph misses.",
            "",
            "  juxta index search runs/photos --index photos.index --query bird.jpg -k 5"
        })
final class IndexSearchCommand extends EncoderCommand {
    @Mixin
    private IndexPlace place = new IndexPlace();

    @Option(
            names = "--query",
            required = true,
            paramLabel = "IMAGE",
            description =
                    "What to look for: an image file, or the name of one of the index's images. May be given several"
                            + " times.")
    private List<String> queries = new ArrayList<>();

    @Option(names = "-k", paramLabel = "N", description = "How many images are found; the default is 10.")
    private int k = 10;

    @Option(names = "--folder", paramLabel = "NAME", description = "Images in this folder or below it alone.")
    private Optional<String> folder = Optional.empty();

    @Option(names = "--label", paramLabel = "NAME", description = "Images of this class alone.")
    private Optional<String> label = Optional.empty();

    @Option(names = "--exact", description = "Compare with each image, however many there are.")
    private boolean exact;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "A CSV file of what is found: query, rank, cosine, image and label.")
    private Optional<Path> output = Optional.empty();

    @Override
    void work(Spoken told) throws IOException {
        IndexSearching searching = IndexSearching.in(place.folder())
                .by(encoder(told))
                .told(told)
                .options(place.options())
                .most(k);
        folder.ifPresent(searching::folder);
        label.ifPresent(searching::label);
        output.ifPresent(searching::into);
        if (exact) {
            searching.exactly();
        }
        searching.nearest(queries);
    }
}
