package io.juxta.cli;

import io.juxta.runs.Duplicates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Images that are nearly the same. */
@Command(
        name = "duplicates",
        description = "Find images that are nearly the same: every pair whose embeddings have a cosine above a bound.",
        footer = {"", "  juxta duplicates runs/photos --data photos --groups twins.csv"})
final class DuplicatesCommand extends EmbeddingCommand {
    @Option(
            names = "--above",
            paramLabel = "COSINE",
            description = "The least cosine of a pair; the default is 0.98. How high is high depends on the encoder.")
    private double above = 0.98;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description =
                    "How many pairs are listed, 100000 by default: of more, the most alike. Groups hold the images"
                            + " of all pairs.")
    private int limit = 100_000;

    @Option(
            names = "--index",
            paramLabel = "FILE",
            description = "Embeddings of the images, a .safetensors file by juxta embed; without it they are made.")
    private Optional<Path> index = Optional.empty();

    @Option(names = "--output", paramLabel = "FILE", description = "A CSV file of the pairs: cosine and both paths.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--groups",
            paramLabel = "FILE",
            description = "A CSV file of the groups, the largest first: a row for each image, with its group's number.")
    private Optional<Path> groups = Optional.empty();

    @Option(
            names = "--gallery",
            paramLabel = "FILE",
            description = "An HTML page to be written, with the pictures of the largest 50 groups.")
    private Optional<Path> gallery = Optional.empty();

    @Override
    void work(Spoken told) throws IOException {
        Duplicates duplicates =
                Duplicates.among(images(told, index)).above(above).limit(limit);
        output.ifPresent(duplicates::pairsInto);
        groups.ifPresent(duplicates::groupsInto);
        gallery.ifPresent(duplicates::galleryInto);
        duplicates.find();
    }
}
