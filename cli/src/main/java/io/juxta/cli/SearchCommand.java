package io.juxta.cli;

import io.juxta.Encoder;
import io.juxta.data.Dataset;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.report.Gallery;
import io.juxta.runs.OutputFile;
import io.juxta.runs.Printable;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import io.juxta.search.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
final class SearchCommand implements Callable<Integer> {
    @Mixin
    private EmbeddedImages embedded = new EmbeddedImages();

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
    private Path index = Path.of("");

    @Option(names = "--gallery", paramLabel = "FILE", description = "An HTML page to be written, with the pictures.")
    private Path gallery = Path.of("");

    /** What is looked for, and what it is called. */
    private record Query(String name, Image image, float[] embedding) {}

    @Override
    public Integer call() throws IOException {
        if (k < 1) {
            throw new IllegalArgumentException("-k " + k + " must be at least 1");
        }
        embedded.takeFrom(index);
        boolean draws = !gallery.toString().isEmpty();
        if (draws) {
            OutputFile.requireWritable(gallery, "gallery.html");
            embedded.originals().requireNoneAt(gallery);
        }
        Dataset images = embedded.images();
        embedded.sayLeft(images);
        Map<String, Integer> places = EmbeddedImages.places(images);
        try (Interruption interruption = Interruption.ofThisThread();
                Encoder encoder = embedded.encoder()) {
            List<Query> asked = new ArrayList<>();
            for (String query : queries) {
                asked.add(query(query, images, places, encoder));
            }
            try (Embeddings embeddings = embedded.embeddings(images, index);
                    ImageIndex searched = ImageIndex.of(embeddings)) {
                float[][] all = asked.stream().map(Query::embedding).toArray(float[][]::new);
                // one more: an image that is looked for by its name is not what is meant by the most like it
                List<List<Match>> nearest = searched.nearest(all, (int) Math.min(k + 1L, Integer.MAX_VALUE));
                List<List<Match>> found = new ArrayList<>();
                for (int i = 0; i < asked.size(); i++) {
                    String itself = asked.get(i).name;
                    found.add(nearest.get(i).stream()
                            .filter(match -> !match.name().equals(itself))
                            .limit(k)
                            .toList());
                }
                for (int i = 0; i < asked.size(); i++) {
                    say(asked.get(i), found.get(i), searched.size());
                }
                if (draws) {
                    draw(asked, found, images, places, searched.size());
                    System.out.println("gallery: " + gallery);
                }
            }
        }
        return ExitStatus.DONE;
    }

    private static Query query(String query, Dataset images, Map<String, Integer> places, Encoder encoder)
            throws IOException {
        Integer place = places.get(query);
        if (place == null && !Files.exists(Path.of(query))) {
            throw new IOException(Printable.line(query) + " is neither an image file nor the name of one of the images,"
                    + " such as " + Printable.line(images.name(0)));
        }
        Image image = place == null ? Decoder.read(Path.of(query), Orientation.CAMERA) : images.image(place);
        return new Query(query, image, encoder.embed(io.juxta.image.Awt.buffered(image)));
    }

    private static void say(Query query, List<Match> found, int among) {
        System.out.printf(Locale.ROOT, "most like %s, of %,d images:%n", Printable.line(query.name), among);
        for (int i = 0; i < found.size(); i++) {
            Match match = found.get(i);
            System.out.printf(Locale.ROOT, "%4d  %.4f  %s%n", i + 1, match.cosine(), Printable.line(match.name()));
        }
    }

    private void draw(
            List<Query> asked, List<List<Match>> found, Dataset images, Map<String, Integer> places, int among)
            throws IOException {
        Gallery page = new Gallery(
                "Images most like " + (asked.size() == 1 ? asked.get(0).name : asked.size() + " others"),
                "Among " + among + " images of " + embedded.data()
                        + "; the figures are cosines, the first picture of each row is what was looked for.");
        for (int i = 0; i < asked.size(); i++) {
            page.row(asked.get(i).name);
            page.picture(asked.get(i).image, asked.get(i).name, "looked for");
            for (Match match : found.get(i)) {
                Integer place = places.get(match.name());
                if (place != null) {
                    page.picture(images.image(place), match.name(), String.format(Locale.ROOT, "%.4f", match.cosine()));
                }
            }
        }
        page.write(gallery);
    }
}
