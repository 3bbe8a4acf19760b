package io.juxta.runs.curated;

import io.juxta.data.Dataset;
import io.juxta.data.Subset;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Embeddings that are kept while they are made, some thousand pictures in a file: whoever is stopped goes on from there. They
 * are known by the digests of their pictures' pixels, whatever those are called and wherever they lie, and pictures that are
 * there more than once are embedded once.
 */
@API(status = API.Status.INTERNAL)
public final class KeptEmbeddings {
    /** Pictures in a file. */
    private static final int PART = 2048;

    private static final String END = ".safetensors";

    private final Path folder;
    private final Map<String, String> about;

    /**
     * @param folder of the files, which need not be there
     * @param about what tells these embeddings from those of another encoder, layer or precision
     */
    public KeptEmbeddings(Path folder, Map<String, String> about) {
        this.folder = folder;
        this.about = about;
    }

    /** Embeds some pictures. */
    public interface Embedding {
        /** Rows may be missing where pictures have become unreadable. */
        Embeddings of(Dataset images) throws IOException;
    }

    /**
     * Those of some pictures, in their order; made where they are not kept yet.
     *
     * @param places of them in the data set
     * @param digests of each of them
     * @param progress is told how many more are there
     * @return one row for each that could be read, under the picture's name
     */
    public Embeddings of(
            Dataset images, List<Integer> places, List<String> digests, Embedding embedding, IntConsumer progress)
            throws IOException {
        Files.createDirectories(folder);
        Map<String, float[]> rows = new HashMap<>();
        int next = read(rows);
        List<Integer> left = new ArrayList<>();
        Map<String, Integer> asked = new HashMap<>();
        for (int i = 0; i < places.size(); i++) {
            if (!rows.containsKey(digests.get(i)) && asked.putIfAbsent(digests.get(i), i) == null) {
                left.add(i);
            }
        }
        progress.accept(places.size() - left.size());
        for (int from = 0; from < left.size(); from += PART) {
            List<Integer> part = left.subList(from, Math.min(left.size(), from + PART));
            Path file = folder.resolve(String.format(Locale.ROOT, "%06d%s", next++, END));
            make(images, places, digests, part, embedding, file, rows);
        }
        return named(images, places, digests, rows);
    }

    /**
     * Those of some pictures that are kept, of whichever encoder it was; no row for any other.
     *
     * @throws IOException when none is, in one line
     */
    public static Embeddings kept(Path folder, Dataset images, List<Integer> places, List<String> digests)
            throws IOException {
        Map<String, float[]> rows = new HashMap<>();
        KeptEmbeddings kept = new KeptEmbeddings(folder, about(folder));
        kept.read(rows);
        Embeddings found = kept.named(images, places, digests, rows);
        if (found.size() == 0) {
            found.close();
            throw none(folder);
        }
        return found;
    }

    private static Map<String, String> about(Path folder) throws IOException {
        for (Path file : files(folder)) {
            try (Embeddings kept = EmbeddingFile.read(file)) {
                return kept.about();
            } catch (IOException e) {
                continue; // damaged: others may not be
            }
        }
        throw none(folder);
    }

    private static IOException none(Path folder) {
        return new IOException(folder + ": no embeddings of these pictures are kept here; give an encoder, --encoder"
                + " WEIGHTS, or what embed has written, --embeddings FILE");
    }

    private Embeddings named(Dataset images, List<Integer> places, List<String> digests, Map<String, float[]> rows) {
        List<String> names = new ArrayList<>();
        List<float[]> found = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            float[] row = rows.get(digests.get(i));
            if (row != null) {
                names.add(images.name(places.get(i)));
                found.add(row);
            }
        }
        return Embeddings.of(names, found.toArray(new float[0][]), about);
    }

    private void make(
            Dataset images,
            List<Integer> places,
            List<String> digests,
            List<Integer> part,
            Embedding embedding,
            Path file,
            Map<String, float[]> rows)
            throws IOException {
        Dataset these = new Subset(images, part.stream().map(places::get).toList());
        Map<String, String> digestOf = new HashMap<>();
        part.forEach(i -> digestOf.put(images.name(places.get(i)), digests.get(i)));
        try (Embeddings made = embedding.of(these)) {
            List<String> keys = made.names().stream().map(digestOf::get).toList();
            float[][] values = new float[made.size()][];
            for (int i = 0; i < values.length; i++) {
                values[i] = made.row(i);
                rows.put(keys.get(i), values[i]);
            }
            try (Embeddings kept = Embeddings.of(keys, values, about)) {
                EmbeddingFile.SAFETENSORS.write(file, kept);
            }
        }
    }

    /** Takes what is of the same encoder, throws away what is not or cannot be read, and says the next file's number. */
    private int read(Map<String, float[]> rows) throws IOException {
        int next = 0;
        for (Path file : files(folder)) {
            try (Embeddings kept = EmbeddingFile.read(file)) {
                if (new TreeMap<>(kept.about()).entrySet().containsAll(about.entrySet())) {
                    for (int i = 0; i < kept.size(); i++) {
                        rows.put(kept.names().get(i), kept.row(i));
                    }
                    next = number(file) + 1;
                    continue;
                }
            } catch (IOException e) {
                // damaged: made again
            }
            Files.deleteIfExists(file);
        }
        return next;
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().endsWith(END))
                    .sorted()
                    .toList();
        }
    }

    private static int number(Path file) {
        try {
            String name = file.getFileName().toString();
            return Integer.parseInt(name.substring(0, name.length() - END.length()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
