package io.juxta.lucene;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.VectorUtil;
import org.apiguardian.api.API;

/**
 * Pictures by their embeddings in a folder on disk, to be searched: a {@link DiskIndex} that is written as well, or one that is {@link
 * #open opened} to be read, which any number of processes may do while one writes. Safe for use by many threads at once.
 */
@API(status = API.Status.EXPERIMENTAL)
public abstract sealed class SearchedIndex implements AutoCloseable permits DiskIndex, SearchedIndex.ReadOnly {
    private static final String ENCODER = "juxta.encoder";
    private static final String DIMENSION = "juxta.dimension";
    private static final String ABOUT = "juxta.about.";
    private static final int MOST_DIGITS = 5;
    private static final double UNIT = 1e-3;

    private final Path folder;
    private final Identity identity;
    private final DiskIndexOptions options;
    private final SearcherManager searchers;

    /** What an index remembers of its vectors. */
    record Identity(String encoder, int dimension) {
        /** What a commit of Lucene's says; empty where it is none of an index of ours. */
        static Optional<Identity> of(Map<String, String> held) {
            String encoder = held.getOrDefault(ENCODER, "");
            String dimension = held.getOrDefault(DIMENSION, "");
            return encoder.isEmpty() || !dimension.matches("\\d{1," + MOST_DIGITS + "}")
                    ? Optional.empty()
                    : Optional.of(new Identity(encoder, Integer.parseInt(dimension)));
        }

        Map<String, String> with(Map<String, String> about) {
            Map<String, String> all = new HashMap<>(Map.of(ENCODER, encoder, DIMENSION, Integer.toString(dimension)));
            about.forEach((key, value) -> all.put(ABOUT + key, value));
            return all;
        }
    }

    SearchedIndex(Path folder, Identity identity, DiskIndexOptions options, SearcherManager searchers) {
        this.folder = folder;
        this.identity = identity;
        this.options = options;
        this.searchers = searchers;
    }

    /** One that is read alone. */
    static final class ReadOnly extends SearchedIndex {
        private final Directory directory;

        ReadOnly(Path folder, Identity identity, DiskIndexOptions options, Directory directory) throws IOException {
            super(folder, identity, options, new SearcherManager(directory, null));
            this.directory = directory;
        }

        @Override
        public void close() throws IOException {
            try (directory) {
                closeSearchers();
            }
        }
    }

    /**
     * Opens an index to be searched. Others may, too, and one may write: what that has committed is found.
     *
     * @throws IOException when there is none, or it cannot be read, in one line
     */
    public static SearchedIndex open(Path folder, DiskIndexOptions options) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no index there; juxta index build makes one");
        }
        Directory directory = FSDirectory.open(folder);
        try {
            if (!DirectoryReader.indexExists(directory)) {
                throw new IOException(folder + " is no index: give the folder that juxta index build has made");
            }
            return new ReadOnly(folder, identity(folder, directory), options, directory);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw said(folder, e);
        }
    }

    /** What Lucene cannot read, said in one line. */
    static IOException said(Path folder, Exception e) {
        if (e instanceof CorruptIndexException || e instanceof IndexFormatTooNewException) {
            return new IOException(
                    folder + " is damaged, or no index of this version: " + firstLine(e) + "; build it again", e);
        }
        if (e instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return (IOException) e;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** @throws IOException when the index is not one of ours */
    static Identity identity(Path folder, Directory directory) throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            return Identity.of(reader.getIndexCommit().getUserData())
                    .orElseThrow(() -> new IOException(
                            folder + " is an index of Lucene's that was not made here: choose another folder"));
        }
    }

    static String line(String text) {
        return String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
    }

    /** Which encoder the vectors are of, by the name that it was given. */
    public final String encoder() {
        return identity.encoder();
    }

    /** The length of a vector. */
    public final int dimension() {
        return identity.dimension();
    }

    final Identity identity() {
        return identity;
    }

    /** How it is searched. */
    public final DiskIndexOptions options() {
        return options;
    }

    /** What was last committed of what its writer had to say: free text by name. */
    public Map<String, String> about() throws IOException {
        return with(searcher -> said(((DirectoryReader) searcher.getIndexReader())
                .getIndexCommit()
                .getUserData()
                .entrySet()));
    }

    static Map<String, String> said(Iterable<Map.Entry<String, String>> held) {
        Map<String, String> about = new HashMap<>();
        for (Map.Entry<String, String> entry : held) {
            if (entry.getKey().startsWith(ABOUT)) {
                about.put(entry.getKey().substring(ABOUT.length()), entry.getValue());
            }
        }
        return about;
    }

    /** The number of pictures. */
    public final int size() throws IOException {
        return with(searcher -> searcher.getIndexReader().numDocs());
    }

    /** Whether there is a picture of this name. */
    public final boolean contains(String name) throws IOException {
        return with(searcher -> searcher.count(new TermQuery(new Term(Fields.NAME, name))) > 0);
    }

    /**
     * The pictures nearest to a vector, the nearest first: exactly where {@link DiskIndexOptions#exactUpTo} or fewer are searched among, by
     * the graph otherwise.
     *
     * @param k at least 1
     * @throws IllegalArgumentException when the vector cannot be one of the index's
     */
    public final List<Found> nearest(float[] vector, int k, Among among) throws IOException {
        float[] unit = asked(vector, k);
        return with(searcher -> searcher.count(among.query()) <= options.exactUpTo()
                ? new Lookup(searcher).exact(unit, k, among)
                : new Lookup(searcher).byGraph(unit, k, looked(searcher, k), among));
    }

    /** The same, exactly, however many there are. */
    public final List<Found> nearestExactly(float[] vector, int k, Among among) throws IOException {
        float[] unit = asked(vector, k);
        return with(searcher -> new Lookup(searcher).exact(unit, k, among));
    }

    /** The same by the graph, however few there are. */
    public final List<Found> nearestByGraph(float[] vector, int k, Among among) throws IOException {
        float[] unit = asked(vector, k);
        return with(searcher -> new Lookup(searcher).byGraph(unit, k, looked(searcher, k), among));
    }

    private float[] asked(float[] vector, int k) {
        if (k < 1) {
            throw new IllegalArgumentException(k + " nearest: ask for at least 1");
        }
        return unit("what is looked for", vector);
    }

    private int looked(IndexSearcher searcher, int k) {
        long wanted = (long) k * options.looked();
        return (int) Math.max(1, Math.min(wanted, searcher.getIndexReader().maxDoc()));
    }

    /** Whether {@link #nearest} compares with each among these. */
    public final boolean isExact(Among among) throws IOException {
        return count(among) <= options.exactUpTo();
    }

    /** How many pictures there are among these. */
    public final int count(Among among) throws IOException {
        return with(searcher -> searcher.count(among.query()));
    }

    /**
     * How much of what is nearest the graph finds: the share of the k nearest, found exactly, that it finds too.
     *
     * @param queries vectors to look for; a hundred tell to a few hundredths
     * @return from 0 to 1
     */
    public final double recall(List<float[]> queries, int k) throws IOException {
        if (queries.isEmpty()) {
            throw new IllegalArgumentException("no query to measure recall by");
        }
        long found = 0;
        long there = 0;
        for (float[] query : queries) {
            Set<String> exact = new HashSet<>();
            nearestExactly(query, k, Among.all()).forEach(each -> exact.add(each.name()));
            there += exact.size();
            List<String> names = new ArrayList<>();
            nearestByGraph(query, k, Among.all()).forEach(each -> names.add(each.name()));
            exact.retainAll(names);
            found += exact.size();
        }
        return there == 0 ? 1 : (double) found / there;
    }

    /**
     * What was put in with pictures, such as tells whether a file is still what it was.
     *
     * @return by the names of those that are there; empty where nothing was
     */
    public final Map<String, String> marks(Collection<String> names) throws IOException {
        return with(searcher -> {
            Map<String, String> marks = new HashMap<>();
            for (String name : names) {
                Optional<Document> found = stored(searcher, name);
                if (found.isPresent()) {
                    String mark = found.get().get(Fields.MARK);
                    marks.put(name, mark == null ? "" : mark);
                }
            }
            return marks;
        });
    }

    private static Optional<Document> stored(IndexSearcher searcher, String name) throws IOException {
        TopDocs found = searcher.search(new TermQuery(new Term(Fields.NAME, name)), 1);
        return found.scoreDocs.length == 0
                ? Optional.empty()
                : Optional.of(searcher.storedFields().document(found.scoreDocs[0].doc));
    }

    /** The names of all pictures, in no order. */
    public final void names(Consumer<String> each) throws IOException {
        with(searcher -> {
            new Lookup(searcher).names(each);
            return 0;
        });
    }

    /** A picture's vector, of length 1; empty where there is no picture of this name. */
    public final Optional<float[]> vector(String name) throws IOException {
        return with(searcher -> new Lookup(searcher).vector(name));
    }

    /** What is done with one state of the index, which others do not change meanwhile. */
    private interface Reading<T> {
        T of(IndexSearcher searcher) throws IOException;
    }

    private <T> T with(Reading<T> reading) throws IOException {
        try {
            searchers.maybeRefreshBlocking();
            IndexSearcher searcher = searchers.acquire();
            try {
                return reading.of(searcher);
            } finally {
                searchers.release(searcher);
            }
        } catch (AlreadyClosedException e) {
            throw new IllegalStateException(folder + " is closed", e);
        }
    }

    final float[] unit(String name, float[] vector) {
        if (vector.length != dimension()) {
            throw new IllegalArgumentException(line(name) + " has " + vector.length + " values, the index "
                    + dimension() + ": embed it by the index's encoder");
        }
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (!(squares > 0) || Double.isInfinite(squares)) {
            throw new IllegalArgumentException(line(name) + " has values that are no numbers, or zeros alone");
        }
        double length = Math.sqrt(squares);
        float[] unit = new float[dimension()];
        for (int i = 0; i < dimension(); i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return Math.abs(VectorUtil.dotProduct(unit, unit) - 1) < UNIT ? unit : VectorUtil.l2normalize(unit);
    }

    final void closeSearchers() throws IOException {
        searchers.close();
    }

    @Override
    public abstract void close() throws IOException;
}
