package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.report.Gallery;
import io.juxta.runs.DecodedPictures.Picture;
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
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * The images that are most like an image.
 *
 * <pre>{@code
 * List<Match> alike = Searching.among(EmbeddedImages.by(run).on(photos)).nearest(List.of("bird.jpg")).get(0);
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Searching {
    private final EmbeddedImages embedded;
    private int k = 10;
    private Optional<Path> gallery = Optional.empty();

    private Searching(EmbeddedImages embedded) {
        this.embedded = embedded;
    }

    public static Searching among(EmbeddedImages images) {
        return new Searching(images);
    }

    /** How many images are found, 10 unless this is said. */
    public Searching most(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("-k " + k + " must be at least 1");
        }
        this.k = k;
        return this;
    }

    /** An HTML page with the pictures. */
    public Searching galleryInto(Path file) {
        gallery = Optional.of(file);
        return this;
    }

    /**
     * Finds the nearest images to each of some, the nearest first; an image that is looked for by its name is not among them.
     *
     * @param queries each an image file, or the name of one of the images
     * @throws IOException when weights or images cannot be read, or one is neither, in one line
     */
    public List<List<Match>> nearest(List<String> queries) throws IOException {
        if (gallery.isPresent()) {
            embedded.requireWritable(gallery.get(), "gallery.html");
        }
        Dataset images = embedded.images();
        embedded.sayLeft(images);
        Map<String, Integer> places = EmbeddedImages.places(images);
        List<Picture> asked = new ArrayList<>();
        for (String query : queries) {
            asked.add(query(query, images, places));
        }
        TrainedEncoder encoder = embedded.encoder();
        try (Embeddings wanted = embedded.queries(encoder, new DecodedPictures(asked));
                Embeddings embeddings = embedded.embeddings(images);
                ImageIndex searched = ImageIndex.of(embeddings)) {
            embedded.sayPrecisions(embeddings);
            float[][] all = new float[asked.size()][];
            for (int i = 0; i < all.length; i++) {
                all[i] = wanted.row(i);
            }
            // one more: an image that is looked for by its name is not what is meant by the most like it
            List<List<Match>> nearest = searched.nearest(all, (int) Math.min(k + 1L, Integer.MAX_VALUE));
            List<List<Match>> found = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                String itself = asked.get(i).name();
                found.add(nearest.get(i).stream()
                        .filter(match -> !match.name().equals(itself))
                        .limit(k)
                        .toList());
            }
            for (int i = 0; i < asked.size(); i++) {
                say(asked.get(i), found.get(i), searched.size());
            }
            if (gallery.isPresent()) {
                draw(gallery.get(), asked, found, images, searched.size());
                embedded.listener().note(Note.Kind.WRITTEN, "gallery: " + gallery.get());
            }
            return found;
        }
    }

    private static Picture query(String query, Dataset images, Map<String, Integer> places) throws IOException {
        Integer place = places.get(query);
        if (place == null && !Files.exists(Path.of(query))) {
            throw new IOException(Printable.line(query) + " is neither an image file nor the name of one of the images,"
                    + " such as " + Printable.line(images.name(0)));
        }
        Image image = place == null ? Decoder.read(Path.of(query), Orientation.CAMERA) : images.image(place);
        return new Picture(query, image);
    }

    private void say(Picture query, List<Match> found, int among) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "most like %s, of %,d images:", Printable.line(query.name()), among));
        for (int i = 0; i < found.size(); i++) {
            Match match = found.get(i);
            lines.add(String.format(Locale.ROOT, "%4d  %.4f  %s", i + 1, match.cosine(), Printable.line(match.name())));
        }
        embedded.listener().notes(Note.Kind.RESULT, lines);
    }

    private void draw(Path file, List<Picture> asked, List<List<Match>> found, Dataset images, int among)
            throws IOException {
        Map<String, Integer> places = EmbeddedImages.places(images);
        Gallery page = new Gallery(
                "Images most like " + (asked.size() == 1 ? asked.get(0).name() : asked.size() + " others"),
                "Among " + among + " images of " + embedded.data()
                        + "; the figures are cosines, the first picture of each row is what was looked for.");
        for (int i = 0; i < asked.size(); i++) {
            page.row(asked.get(i).name());
            page.picture(asked.get(i).image(), asked.get(i).name(), "looked for");
            for (Match match : found.get(i)) {
                Integer place = places.get(match.name());
                if (place != null) {
                    page.picture(images.image(place), match.name(), String.format(Locale.ROOT, "%.4f", match.cosine()));
                }
            }
        }
        page.write(file);
    }
}
