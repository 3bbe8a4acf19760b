package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.report.Gallery;
import io.juxta.search.Csv;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import io.juxta.search.Pair;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Images that are nearly the same. */
@Command(
        name = "duplicates",
        description = "Find images that are nearly the same: every pair whose embeddings have a cosine above a bound.",
        footer = {
            "",
            "  juxta duplicates runs/photos --data photos --above 0.99 --gallery twins.html --output twins.csv"
        })
final class DuplicatesCommand implements Callable<Integer> {
    private static final int SAID = 20;
    private static final int DRAWN_GROUPS = 50;
    private static final int DRAWN_IMAGES = 16;

    @Mixin
    private EmbeddedImages embedded = new EmbeddedImages();

    @Option(
            names = "--above",
            paramLabel = "COSINE",
            description = "The least cosine of a pair; the default is 0.98. How high is high depends on the encoder.")
    private double above = 0.98;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "How many pairs there may be, 100000 by default; more are an error.")
    private int limit = 100_000;

    @Option(
            names = "--index",
            paramLabel = "FILE",
            description = "Embeddings of the images, a .safetensors file by juxta embed; without it they are made.")
    private Path index = Path.of("");

    @Option(names = "--output", paramLabel = "FILE", description = "A CSV file of all pairs: cosine and both paths.")
    private Path output = Path.of("");

    @Option(
            names = "--gallery",
            paramLabel = "FILE",
            description = "An HTML page to be written, with the pictures of the largest 50 groups.")
    private Path gallery = Path.of("");

    @Override
    public Integer call() throws IOException {
        if (!(above > -1 && above <= 1)) {
            throw new IllegalArgumentException("--above " + above + " must be above -1 and at most 1");
        }
        if (limit < 1) {
            throw new IllegalArgumentException("--limit " + limit + " must be at least 1");
        }
        boolean writes = !output.toString().isEmpty();
        boolean draws = !gallery.toString().isEmpty();
        if (writes) {
            CsvFile.requireWritable(output, "duplicates.csv");
        }
        if (draws) {
            CsvFile.requireWritable(gallery, "duplicates.html");
        }
        Dataset images = embedded.images();
        try (Interruption interruption = Interruption.ofThisThread();
                Embeddings embeddings = embedded.embeddings(images, index);
                ImageIndex searched = ImageIndex.of(embeddings)) {
            List<Pair> pairs = searched.pairs(above, limit);
            List<List<Integer>> groups = ImageIndex.groups(pairs);
            say(pairs, groups, searched.names());
            if (writes) {
                write(pairs, searched.names());
                System.out.println("pairs: " + output);
            }
            if (draws) {
                draw(pairs, groups, images, searched.names());
                System.out.println("gallery: " + gallery);
            }
            LeftOut.say(images, embeddings);
        }
        return ExitStatus.DONE;
    }

    private void say(List<Pair> pairs, List<List<Integer>> groups, List<String> names) {
        System.out.printf(
                Locale.ROOT,
                "%,d pairs with a cosine of %s and above, in %,d groups, among %,d images%n",
                pairs.size(),
                above,
                groups.size(),
                names.size());
        for (Pair pair : pairs.subList(0, Math.min(SAID, pairs.size()))) {
            System.out.printf(
                    Locale.ROOT,
                    "  %.4f  %s  %s%n",
                    pair.cosine(),
                    Printable.line(names.get(pair.first())),
                    Printable.line(names.get(pair.second())));
        }
        if (pairs.size() > SAID) {
            System.out.printf(Locale.ROOT, "  and %,d more%n", pairs.size() - SAID);
        }
    }

    private void write(List<Pair> pairs, List<String> names) throws IOException {
        StringBuilder csv = new StringBuilder("cosine,first,second\n");
        for (Pair pair : pairs) {
            csv.append(String.format(Locale.ROOT, "%.6f,", pair.cosine()))
                    .append(Csv.quoted(names.get(pair.first())))
                    .append(',')
                    .append(Csv.quoted(names.get(pair.second())))
                    .append('\n');
        }
        Replacing.write(output, csv.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void draw(List<Pair> pairs, List<List<Integer>> groups, Dataset images, List<String> names)
            throws IOException {
        Map<String, Integer> places = EmbeddedImages.places(images);
        Gallery page = new Gallery(
                "Images that are nearly the same",
                pairs.size() + " pairs with a cosine of " + above + " and above, in " + groups.size()
                        + " groups, among " + names.size() + " images of " + embedded.data() + ".");
        for (List<Integer> group : groups.subList(0, Math.min(DRAWN_GROUPS, groups.size()))) {
            double most = pairs.stream()
                    .filter(pair -> group.contains(pair.first()))
                    .mapToDouble(Pair::cosine)
                    .max()
                    .orElse(above);
            page.row(String.format(Locale.ROOT, "%d images, cosine up to %.4f", group.size(), most));
            for (int image : group.subList(0, Math.min(DRAWN_IMAGES, group.size()))) {
                Integer place = places.get(names.get(image));
                if (place != null) {
                    page.picture(images.image(place), names.get(image), "");
                }
            }
        }
        page.write(gallery);
    }
}
