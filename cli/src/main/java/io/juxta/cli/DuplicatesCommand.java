package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.Gallery;
import io.juxta.runs.OutputFile;
import io.juxta.runs.Printable;
import io.juxta.search.Alike;
import io.juxta.search.Csv;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import io.juxta.search.Pair;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Images that are nearly the same. */
@Command(
        name = "duplicates",
        description = "Find images that are nearly the same: every pair whose embeddings have a cosine above a bound.",
        footer = {
            "",
            "  juxta duplicates runs/photos --data photos --above 0.99 --gallery twins.html --groups twins.csv"
        })
final class DuplicatesCommand implements Callable<Integer> {
    private static final int SAID = 20;
    private static final int NAMED = 3;
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
            description =
                    "How many pairs are listed, 100000 by default: of more, the most alike. Groups hold the images"
                            + " of all pairs.")
    private int limit = 100_000;

    @Option(
            names = "--index",
            paramLabel = "FILE",
            description = "Embeddings of the images, a .safetensors file by juxta embed; without it they are made.")
    private Path index = Path.of("");

    @Option(names = "--output", paramLabel = "FILE", description = "A CSV file of the pairs: cosine and both paths.")
    private Path output = Path.of("");

    @Option(
            names = "--groups",
            paramLabel = "FILE",
            description = "A CSV file of the groups, the largest first: a row for each image, with its group's number.")
    private Path groups = Path.of("");

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
        embedded.takeFrom(index);
        Map<Path, String> outputs = new LinkedHashMap<>();
        outputs.put(output, "duplicates.csv");
        outputs.put(groups, "groups.csv");
        outputs.put(gallery, "duplicates.html");
        outputs.remove(Path.of(""));
        for (Map.Entry<Path, String> written : outputs.entrySet()) {
            OutputFile.requireWritable(written.getKey(), written.getValue());
            embedded.originals().requireNoneAt(written.getKey());
        }
        Dataset images = embedded.images();
        embedded.sayLeft(images);
        try (Interruption interruption = Interruption.ofThisThread();
                Embeddings embeddings = embedded.embeddings(images, index);
                ImageIndex searched = ImageIndex.of(embeddings)) {
            Alike alike = searched.alike(above, limit);
            say(alike, searched.names());
            if (outputs.containsKey(output)) {
                writePairs(alike, searched.names());
                System.out.println("pairs: " + output + listed(alike));
            }
            if (outputs.containsKey(groups)) {
                writeGroups(alike, searched.names());
                System.out.println("groups: " + groups);
            }
            if (outputs.containsKey(gallery)) {
                draw(alike, images, searched.names());
                System.out.println("gallery: " + gallery);
            }
            LeftOut.say(images, embeddings);
        }
        return ExitStatus.DONE;
    }

    private static String listed(Alike alike) {
        return alike.listsAll()
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (the %,d most alike of %,d; --limit for more, --groups for all their images)",
                        alike.pairs().size(),
                        alike.count());
    }

    private String counted(Alike alike, int images) {
        return String.format(
                Locale.ROOT,
                "%,d %s with a cosine of %s and above, in %,d %s, among %,d images",
                alike.count(),
                alike.count() == 1 ? "pair" : "pairs",
                above,
                alike.groups().size(),
                alike.groups().size() == 1 ? "group" : "groups",
                images);
    }

    private void say(Alike alike, List<String> names) {
        System.out.println(counted(alike, names.size()));
        List<Alike.Group> large = alike.groups().stream()
                .filter(group -> group.images().size() > 2)
                .toList();
        for (Alike.Group group : large.subList(0, Math.min(SAID, large.size()))) {
            System.out.printf(
                    Locale.ROOT,
                    "  %,d images alike: %s, ...%n",
                    group.images().size(),
                    group.images().stream()
                            .limit(NAMED)
                            .map(image -> Printable.line(names.get(image)))
                            .collect(Collectors.joining(", ")));
        }
        List<Pair> pairs = alike.pairs();
        for (Pair pair : pairs.subList(0, Math.min(SAID, pairs.size()))) {
            System.out.printf(
                    Locale.ROOT,
                    "  %.4f  %s  %s%n",
                    pair.cosine(),
                    Printable.line(names.get(pair.first())),
                    Printable.line(names.get(pair.second())));
        }
        if (alike.count() > SAID) {
            System.out.printf(Locale.ROOT, "  and %,d more%n", alike.count() - SAID);
        }
    }

    private void writePairs(Alike alike, List<String> names) throws IOException {
        StringBuilder csv = new StringBuilder("cosine,first,second\n");
        for (Pair pair : alike.pairs()) {
            csv.append(String.format(Locale.ROOT, "%.6f,", pair.cosine()))
                    .append(Csv.quoted(names.get(pair.first())))
                    .append(',')
                    .append(Csv.quoted(names.get(pair.second())))
                    .append('\n');
        }
        Replacing.write(output, csv.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void writeGroups(Alike alike, List<String> names) throws IOException {
        StringBuilder csv = new StringBuilder("group,image\n");
        int number = 0;
        for (Alike.Group group : alike.groups()) {
            number++;
            for (int image : group.images()) {
                csv.append(number)
                        .append(',')
                        .append(Csv.quoted(names.get(image)))
                        .append('\n');
            }
        }
        Replacing.write(groups, csv.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void draw(Alike alike, Dataset images, List<String> names) throws IOException {
        Map<String, Integer> places = EmbeddedImages.places(images);
        Gallery page = new Gallery(
                "Images that are nearly the same",
                counted(alike, names.size()) + " of " + embedded.data() + "."
                        + (alike.groups().size() > DRAWN_GROUPS ? " The largest " + DRAWN_GROUPS + " groups:" : ""));
        for (Alike.Group group :
                alike.groups().subList(0, Math.min(DRAWN_GROUPS, alike.groups().size()))) {
            int size = group.images().size();
            page.row(String.format(
                    Locale.ROOT,
                    "%,d images, cosine up to %.4f%s",
                    size,
                    group.cosine(),
                    size > DRAWN_IMAGES ? "; the first " + DRAWN_IMAGES : ""));
            for (int image : group.images().subList(0, Math.min(DRAWN_IMAGES, size))) {
                Integer place = places.get(names.get(image));
                if (place != null) {
                    try {
                        page.picture(images.image(place), names.get(image), "");
                    } catch (UnreadableImageException e) {
                        // gone since it was embedded: the others are drawn, and the page says of how many
                        continue;
                    }
                }
            }
        }
        page.write(gallery);
    }
}
