package io.juxta.lucene;

import io.juxta.runs.EmbeddedImages;
import io.juxta.runs.Note;
import io.juxta.runs.OutputFile;
import io.juxta.runs.Printable;
import io.juxta.runs.WorkListener;
import io.juxta.search.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * The pictures of an index on disk that are most like a picture, all told to a person.
 *
 * <pre>{@code
 * List<Found> alike = IndexSearching.in(Path.of("photos.index"))
 *         .by(EmbeddedImages.by(Path.of("runs/photos")))
 *         .folder("birds")
 *         .nearest(List.of("bird.jpg"))
 *         .get(0);
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class IndexSearching {
    private final Path folder;
    private EmbeddedImages encoder = EmbeddedImages.by(Path.of(""));
    private WorkListener listener = new WorkListener() {};
    private DiskIndexOptions options = DiskIndexOptions.defaults();
    private int k = 10;
    private Among among = Among.all();
    private String where = "";
    private boolean exactly;
    private Optional<Path> table = Optional.empty();

    private IndexSearching(Path folder) {
        this.folder = folder;
    }

    public static IndexSearching in(Path index) {
        return new IndexSearching(index);
    }

    /** Who embeds what is looked for: the index's encoder. */
    public IndexSearching by(EmbeddedImages encoder) {
        this.encoder = encoder;
        return this;
    }

    /** Who is told what is found. */
    public IndexSearching told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    public IndexSearching options(DiskIndexOptions options) {
        this.options = options;
        return this;
    }

    /** How many are found, 10 unless this is said. */
    public IndexSearching most(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("-k " + k + " must be at least 1");
        }
        this.k = k;
        return this;
    }

    /** Those in a folder or below it alone. */
    public IndexSearching folder(String name) {
        String plain = name.replace('\\', '/').replaceFirst("^(\\./)+", "").replaceFirst("/+$", "");
        among = among.and(Among.folder(plain));
        where += " in the folder " + Printable.line(plain);
        return this;
    }

    /** Those of a label alone. */
    public IndexSearching label(String label) {
        among = among.and(Among.label(label));
        where += " with the label " + Printable.line(label);
        return this;
    }

    /** Compares with each, however many there are. */
    public IndexSearching exactly() {
        exactly = true;
        return this;
    }

    /** A CSV file of what is found: query, rank, cosine, image and label. */
    public IndexSearching into(Path file) {
        table = Optional.of(file);
        return this;
    }

    /**
     * Finds the nearest pictures to each of some, the nearest first; a picture that is looked for by its name is not among them.
     *
     * @param queries each an image file, or the name of one of the index's pictures
     * @throws IOException when weights or the index cannot be read, it is of other weights, there is no such picture, folder or label, in
     *     one line
     */
    public List<List<Found>> nearest(List<String> queries) throws IOException {
        if (table.isPresent()) {
            OutputFile.requireWritable(table.get(), "found.csv");
        }
        try (SearchedIndex index = SearchedIndex.open(folder, options)) {
            String own = encoder.encoderName();
            if (!own.equals(index.encoder())) {
                throw new IOException(folder + " holds vectors of the encoder " + SearchedIndex.line(index.encoder())
                        + ", not of " + own + ": give the weights and the layer that it was built with");
            }
            int count = index.count(among);
            if (count == 0) {
                throw new IOException(folder + " has no picture" + where);
            }
            Map<String, float[]> vectors = vectors(index, queries);
            List<List<Found>> found = new ArrayList<>();
            for (String query : queries) {
                found.add(nearest(index, query, vectors.getOrDefault(query, new float[0])));
                say(query, found.get(found.size() - 1), count);
            }
            listener.note(Note.Kind.RESULT, how(index));
            if (table.isPresent()) {
                write(table.get(), queries, found);
                listener.note(Note.Kind.WRITTEN, "table: " + table.get());
            }
            return found;
        }
    }

    private List<Found> nearest(SearchedIndex index, String itself, float[] vector) throws IOException {
        int asked = (int) Math.min(k + 1L, Integer.MAX_VALUE);
        List<Found> nearest =
                exactly ? index.nearestExactly(vector, asked, among) : index.nearest(vector, asked, among);
        return nearest.stream()
                .filter(each -> !each.name().equals(itself))
                .limit(k)
                .toList();
    }

    /** Those of pictures of the index as they are there, and of files by the encoder, which is not loaded for nothing. */
    private Map<String, float[]> vectors(SearchedIndex index, List<String> queries) throws IOException {
        Map<String, float[]> vectors = new LinkedHashMap<>();
        List<String> files = new ArrayList<>();
        for (String query : queries) {
            Optional<float[]> held = index.vector(query);
            if (held.isPresent()) {
                vectors.put(query, held.get());
            } else if (Files.exists(Path.of(query))) {
                files.add(query);
            } else {
                throw new IOException(
                        Printable.line(query) + " is neither an image file nor the name of a picture of " + folder);
            }
        }
        if (!files.isEmpty()) {
            float[][] rows = encoder.embed(files.stream().map(Path::of).toList());
            for (int i = 0; i < rows.length; i++) {
                vectors.put(files.get(i), rows[i]);
            }
        }
        return vectors;
    }

    private void say(String query, List<Found> found, int count) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "most like %s, of %,d images%s:", Printable.line(query), count, where));
        for (int i = 0; i < found.size(); i++) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%4d  %.4f  %s",
                    i + 1,
                    found.get(i).cosine(),
                    Printable.line(found.get(i).name())));
        }
        listener.notes(Note.Kind.RESULT, lines);
    }

    private String how(SearchedIndex index) throws IOException {
        if (exactly || index.isExact(among)) {
            return "exact: compared with each";
        }
        return "approximate, by the graph: "
                + Recall.of(index.about())
                        .map(Recall::toString)
                        .orElse("its recall was not measured; juxta index update measures it");
    }

    private static void write(Path file, List<String> queries, List<List<Found>> found) throws IOException {
        StringBuilder rows = new StringBuilder("query,rank,cosine,image,label\n");
        for (int q = 0; q < queries.size(); q++) {
            for (int i = 0; i < found.get(q).size(); i++) {
                Found each = found.get(q).get(i);
                rows.append(Csv.quoted(queries.get(q)))
                        .append(String.format(Locale.ROOT, ",%d,%.6f,", i + 1, each.cosine()))
                        .append(Csv.quoted(each.name()))
                        .append(',')
                        .append(Csv.quoted(each.label()))
                        .append('\n');
            }
        }
        OutputFile.write(file, rows.toString());
    }
}
