package io.juxta.cli;

import io.juxta.runs.Searching;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The nearest images to an image. */
@Command(
        name = "search",
        description = "Find the images that are most like an image.",
        footer = {
            "",
            "  juxta search runs/photos --data photos --query bird.jpg --gallery birds.html",
            "",
            "Embeddings that are made once serve every search:",
            "",
            "  juxta embed runs/photos --data photos --output photos.safetensors",
            "  juxta search runs/photos --index photos.safetensors --query bird.jpg"
        })
final class SearchCommand extends EmbeddingCommand {
    @Option(
            names = "--query",
            required = true,
            paramLabel = "IMAGE",
            description = "What to look for: an image file, or the name of one of the images. May be given several"
                    + " times.")
    private List<String> queries = new ArrayList<>();

    @Option(names = "-k", paramLabel = "N", description = "How many images are found; the default is 10.")
    private int k = 10;

    @Option(
            names = "--index",
            paramLabel = "FILE",
            description = "Embeddings of the images, a .safetensors file by juxta embed; without it they are made.")
    private Optional<Path> index = Optional.empty();

    @Option(names = "--gallery", paramLabel = "FILE", description = "An HTML page to be written, with the pictures.")
    private Optional<Path> gallery = Optional.empty();

    @Override
    void work(Spoken told) throws IOException {
        Searching searching = Searching.among(images(told, index)).most(k);
        gallery.ifPresent(searching::galleryInto);
        searching.nearest(queries);
    }
}
