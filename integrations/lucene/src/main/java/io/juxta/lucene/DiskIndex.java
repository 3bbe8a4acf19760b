package io.juxta.lucene;

import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.VectorUtil;
import org.apiguardian.api.API;

/**
 * Pictures by their embeddings, in a folder on disk: for more of them than memory holds, and for collections that change. Small ones are
 * searched exactly, large ones by a graph that misses a few: {@link #recall} tells how many.
 *
 * <pre>{@code
 * try (DiskIndex index = DiskIndex.open(Path.of("photos.index"), encoder.dimension(), "runs/photos")) {
 *     index.put("birds/7.jpg", "owl", encoder.embed(photo));
 *     index.commit();
 *     List<Found> alike = index.nearest(encoder.embed(photo), 10, Among.folder("birds"));
 * }
 * }</pre>
 *
 * <p>What is put or removed is found by the next search, and is there after a crash once it has been committed. An index remembers which
 * encoder its vectors are of, and takes no others. One process at a time may have it open. Safe for use by many threads at once;
 * searches go on while others write. Lucene merges in threads of its own, which {@link #close} ends.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class DiskIndex implements AutoCloseable {
    private static final String ENCODER = "juxta.encoder";
    private static final String DIMENSION = "juxta.dimension";
    private static final double UNIT = 1e-3;

    private final Path folder;
    private final int dimension;
    private final DiskIndexOptions options;
    private final Directory directory;
    private final IndexWriter writer;
    private final SearcherManager searchers;

    private DiskIndex(Path folder, int dimension, DiskIndexOptions options, Directory directory, IndexWriter writer)
            throws IOException {
        this.folder = folder;
        this.dimension = dimension;
        this.options = options;
        this.directory = directory;
        this.writer = writer;
        this.searchers = new SearcherManager(writer, null);
    }

    /** {@link #open(Path, int, String, DiskIndexOptions)} with {@link DiskIndexOptions#defaults}. */
    public static DiskIndex open(Path folder, int dimension, String encoder) throws IOException {
        return open(folder, dimension, encoder, DiskIndexOptions.defaults());
    }

    /**
     * Opens an index, or makes an empty one where there is none.
     *
     * @param folder of its own
     * @param dimension the length of every vector, at most 8,192
     * @param encoder whose vectors these are: any name that tells one encoder from another, such as its run's or its weights' checksum
     * @throws IOException when the index is of another encoder or length, is open elsewhere, or cannot be read, in one line
     */
    public static DiskIndex open(Path folder, int dimension, String encoder, DiskIndexOptions options)
            throws IOException {
        if (dimension < 1 || dimension > LongVectors.MOST) {
            throw new IllegalArgumentException(
                    "a vector of " + dimension + " values: from 1 to " + LongVectors.MOST + " can be");
        }
        if (encoder.isBlank()) {
            throw new IllegalArgumentException("the encoder has no name: vectors of two could not be told apart");
        }
        Directory directory = FSDirectory.open(folder);
        try {
            requireSame(folder, directory, encoder, Integer.toString(dimension));
            IndexWriter writer = new IndexWriter(directory, configuration(options));
            try {
                writer.setLiveCommitData(Map.of(ENCODER, encoder, DIMENSION, Integer.toString(dimension))
                        .entrySet());
                writer.commit();
                return new DiskIndex(folder, dimension, options, directory, writer);
            } catch (IOException | RuntimeException e) {
                writer.rollback();
                throw e;
            }
        } catch (LockObtainFailedException e) {
            directory.close();
            throw new IOException(folder + " is open elsewhere: one process at a time may have an index open", e);
        } catch (CorruptIndexException | IndexFormatTooNewException e) {
            directory.close();
            throw new IOException(
                    folder + " is damaged, or no index of this version: " + firstLine(e) + "; build it again", e);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static IndexWriterConfig configuration(DiskIndexOptions options) {
        LongVectors vectors = new LongVectors(options);
        IndexWriterConfig configuration = new IndexWriterConfig();
        configuration.setCodec(new Lucene912Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return vectors;
            }
        });
        configuration.setRAMBufferSizeMB(options.bufferMegabytes());
        configuration.setCommitOnClose(false);
        return configuration;
    }

    private static void requireSame(Path folder, Directory directory, String encoder, String dimension)
            throws IOException {
        if (!DirectoryReader.indexExists(directory)) {
            return;
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            Map<String, String> held = reader.getIndexCommit().getUserData();
            String whose = held.getOrDefault(ENCODER, "");
            String length = held.getOrDefault(DIMENSION, "");
            if (whose.isEmpty() || length.isEmpty()) {
                throw new IOException(
                        folder + " is an index of Lucene's that was not made here: choose another folder");
            }
            if (!whose.equals(encoder)) {
                throw new IOException(folder + " holds vectors of the encoder " + line(whose) + ", not of "
                        + line(encoder) + ": vectors of two encoders cannot be compared; choose another folder");
            }
            if (!length.equals(dimension)) {
                throw new IOException(folder + " holds vectors of " + line(length) + " values, not of " + dimension
                        + ": choose another folder");
            }
        }
    }

    private static String line(String text) {
        return String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
    }

    /**
     * Puts a picture in, in the place of one of the same name.
     *
     * @param name what it is called; slashes make folders, for {@link Among#folder}
     * @param label empty for none
     * @param vector of the index's length, and of any length other than 0 in space: it is brought to 1
     * @throws IllegalArgumentException when the vector has another number of values, or one that is no number, or none but zeros; or
     *     when name or label are too long
     * @throws IOException when the disk does not take it
     */
    public void put(String name, String label, float[] vector) throws IOException {
        requireShort(name);
        requireShort(label);
        writer.updateDocument(new Term(Fields.NAME, name), Fields.of(name, label, unit(name, vector)));
    }

    /** Puts all embeddings in, without labels, as {@link #put} does. */
    public void putAll(Embeddings embeddings) throws IOException {
        for (int i = 0; i < embeddings.size(); i++) {
            put(embeddings.names().get(i), "", embeddings.row(i));
        }
    }

    private static void requireShort(String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > Fields.LONGEST) {
            throw new IllegalArgumentException("a name or label of more than " + Fields.LONGEST + " bytes: "
                    + line(text.substring(0, 40)) + "...");
        }
    }

    private float[] unit(String name, float[] vector) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException(line(name) + " has " + vector.length + " values, the index " + dimension
                    + ": embed it by the index's encoder");
        }
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (!(squares > 0) || Double.isInfinite(squares)) {
            throw new IllegalArgumentException(line(name) + " has values that are no numbers, or zeros alone");
        }
        double length = Math.sqrt(squares);
        float[] unit = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return Math.abs(VectorUtil.dotProduct(unit, unit) - 1) < UNIT ? unit : VectorUtil.l2normalize(unit);
    }

    /** Removes a picture; nothing happens where there is none of this name. */
    public void remove(String name) throws IOException {
        writer.deleteDocuments(new Term(Fields.NAME, name));
    }

    /** Makes what was put and removed last: it is there after a crash. */
    public void commit() throws IOException {
        writer.commit();
    }

    /** Puts all parts of the index together, which takes as long as building it, and makes searches by the graph faster. */
    public void merge() throws IOException {
        writer.forceMerge(1);
        writer.commit();
    }

    /** The number of pictures. */
    public int size() throws IOException {
        return with(searcher -> searcher.getIndexReader().numDocs());
    }

    /** The length of a vector. */
    public int dimension() {
        return dimension;
    }

    /** Whether there is a picture of this name. */
    public boolean contains(String name) throws IOException {
        return with(searcher -> searcher.count(new TermQuery(new Term(Fields.NAME, name))) > 0);
    }

    /**
     * The pictures nearest to a vector, the nearest first: exactly where {@link DiskIndexOptions#exactUpTo} or fewer are searched among, by
     * the graph otherwise.
     *
     * @param k at least 1
     * @throws IllegalArgumentException when the vector cannot be one of the index's
     */
    public List<Found> nearest(float[] vector, int k, Among among) throws IOException {
        float[] unit = asked(vector, k);
        return with(searcher -> searcher.count(among.query()) <= options.exactUpTo()
                ? new Lookup(searcher).exact(unit, k, among)
                : new Lookup(searcher).byGraph(unit, k, looked(searcher, k), among));
    }

    /** The same, exactly, however many there are. */
    public List<Found> nearestExactly(float[] vector, int k, Among among) throws IOException {
        float[] unit = asked(vector, k);
        return with(searcher -> new Lookup(searcher).exact(unit, k, among));
    }

    /** The same by the graph, however few there are. */
    public List<Found> nearestByGraph(float[] vector, int k, Among among) throws IOException {
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

    /**
     * How much of what is nearest the graph finds: the share of the k nearest, found exactly, that it finds too.
     *
     * @param queries vectors to look for; a hundred tell to a few hundredths
     * @return from 0 to 1
     */
    public double recall(List<float[]> queries, int k) throws IOException {
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

    /** Commits, ends what Lucene does meanwhile, and lets go of the folder. A second call does nothing. */
    @Override
    public void close() throws IOException {
        if (!writer.isOpen()) {
            return;
        }
        try (directory) {
            searchers.close();
            writer.commit();
            writer.close();
        }
    }
}
