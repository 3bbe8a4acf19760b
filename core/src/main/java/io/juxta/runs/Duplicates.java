package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.Gallery;
import io.juxta.search.Alike;
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
import java.util.Optional;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * Images that are nearly the same: every pair whose embeddings have a cosine above a bound.
 *
 * <pre>{@code
 * Alike twins = Duplicates.among(EmbeddedImages.by(Path.of("runs/photos")).on(Path.of("photos"))).above(0.99).find();
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Duplicates {
    private static final int SAID = 20;
    private static final int NAMED = 3;
    private static final int DRAWN_GROUPS = 50;
    private static final int DRAWN_IMAGES = 16;

    private final EmbeddedImages embedded;
    private double above = 0.98;
    private int limit = 100_000;
    private Optional<Path> output = Optional.empty();
    private Optional<Path> groups = Optional.empty();
    private Optional<Path> gallery = Optional.empty();

    private Duplicates(EmbeddedImages embedded) {
        this.embedded = embedded;
    }

    public static Duplicates among(EmbeddedImages images) {
        return new Duplicates(images);
    }

    /** The least cosine of a pair, 0.98 unless this is said. How high is high depends on the encoder. */
    public Duplicates above(double cosine) {
        if (!(cosine > -1 && cosine <= 1)) {
            throw new IllegalArgumentException("--above " + cosine + " must be above -1 and at most 1");
        }
        above = cosine;
        return this;
    }

    /** How many pairs are listed, 100,000 unless this is said: of more, the most alike. Groups hold the images of all. */
    public Duplicates limit(int pairs) {
        if (pairs < 1) {
            throw new IllegalArgumentException("--limit " + pairs + " must be at least 1");
        }
        limit = pairs;
        return this;
    }

    /** A CSV file of the pairs: cosine and both paths. */
    public Duplicates pairsInto(Path file) {
        output = Optional.of(file);
        return this;
    }

    /** A CSV file of the groups, the largest first: a row for each image, with its group's number. */
    public Duplicates groupsInto(Path file) {
        groups = Optional.of(file);
        return this;
    }

    /** An HTML page with the pictures of the largest 50 groups. */
    public Duplicates galleryInto(Path file) {
        gallery = Optional.of(file);
        return this;
    }

    /** @throws IOException when weights or images cannot be read, or a file cannot be written, in one line */
    public Alike find() throws IOException {
        if (output.isPresent()) {
            embedded.requireWritable(output.get(), "duplicates.csv");
        }
        if (groups.isPresent()) {
            embedded.requireWritable(groups.get(), "groups.csv");
        }
        if (gallery.isPresent()) {
            embedded.requireWritable(gallery.get(), "duplicates.html");
        }
        Dataset images = embedded.images();
        embedded.sayLeft(images);
        try (Embeddings embeddings = embedded.embeddings(images);
                ImageIndex searched = ImageIndex.of(embeddings)) {
            int count = searched.size() > 1 ? searched.size() : 0;
            Alike alike =
                    searched.alike(above, limit, Counting.of(embedded.listener(), "comparing", "pictures", count));
            say(alike, searched.names());
            if (output.isPresent()) {
                writePairs(output.get(), alike, searched.names());
                written("pairs: " + output.get() + listed(alike));
            }
            if (groups.isPresent()) {
                writeGroups(groups.get(), alike, searched.names());
                written("groups: " + groups.get());
            }
            if (gallery.isPresent()) {
                draw(gallery.get(), alike, images, searched.names());
                written("gallery: " + gallery.get());
            }
            embedded.sayUnread(images, embeddings);
            return alike;
        }
    }

    private void say(String line) {
        embedded.listener().note(Note.Kind.RESULT, line);
    }

    private void written(String line) {
        embedded.listener().note(Note.Kind.WRITTEN, line);
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
        say(counted(alike, names.size()));
        List<Alike.Group> large = alike.groups().stream()
                .filter(group -> group.images().size() > 2)
                .toList();
        for (Alike.Group group : large.subList(0, Math.min(SAID, large.size()))) {
            say(String.format(
                    Locale.ROOT,
                    "  %,d images alike: %s, ...",
                    group.images().size(),
                    group.images().stream()
                            .limit(NAMED)
                            .map(image -> Printable.line(names.get(image)))
                            .collect(Collectors.joining(", "))));
        }
        List<Pair> pairs = alike.pairs();
        for (Pair pair : pairs.subList(0, Math.min(SAID, pairs.size()))) {
            say(String.format(
                    Locale.ROOT,
                    "  %.4f  %s  %s",
                    pair.cosine(),
                    Printable.line(names.get(pair.first())),
                    Printable.line(names.get(pair.second()))));
        }
        if (alike.count() > SAID) {
            say(String.format(Locale.ROOT, "  and %,d more", alike.count() - SAID));
        }
    }

    private static void writePairs(Path file, Alike alike, List<String> names) throws IOException {
        StringBuilder csv = new StringBuilder("cosine,first,second\n");
        for (Pair pair : alike.pairs()) {
            csv.append(String.format(Locale.ROOT, "%.6f,", pair.cosine()))
                    .append(Csv.quoted(names.get(pair.first())))
                    .append(',')
                    .append(Csv.quoted(names.get(pair.second())))
                    .append('\n');
        }
        Replacing.write(file, csv.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void writeGroups(Path file, Alike alike, List<String> names) throws IOException {
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
        Replacing.write(file, csv.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void draw(Path file, Alike alike, Dataset images, List<String> names) throws IOException {
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
        page.write(file);
    }
}
