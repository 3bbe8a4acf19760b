package io.juxta.lucene;

import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
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
 * encoder its vectors are of, and takes no others. One process at a time may write to it; others {@link SearchedIndex#open read} it. Safe for use by many threads at once;
 * searches go on while others write. Lucene merges in threads of its own, which {@link #close} ends.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class DiskIndex extends SearchedIndex {
    /** What Lucene calls its files. */
    private static final Pattern LUCENE = Pattern.compile("_.*|(pending_)?segments.*|write\\.lock");

    private final Directory directory;
    private final IndexWriter writer;

    private DiskIndex(Path folder, Identity identity, DiskIndexOptions options, Directory directory, IndexWriter writer)
            throws IOException {
        super(folder, identity, options, new SearcherManager(writer, null));
        this.directory = directory;
        this.writer = writer;
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
        requireOwn(folder);
        Identity identity = new Identity(encoder, dimension);
        Directory directory = FSDirectory.open(folder);
        try {
            requireSame(folder, directory, identity);
            IndexWriter writer = new IndexWriter(directory, configuration(options));
            try {
                Map<String, String> held = new HashMap<>(identity.with(Map.of()));
                writer.getLiveCommitData().forEach(entry -> held.putIfAbsent(entry.getKey(), entry.getValue()));
                writer.setLiveCommitData(held.entrySet());
                writer.commit();
                return new DiskIndex(folder, identity, options, directory, writer);
            } catch (IOException | RuntimeException e) {
                writer.rollback();
                throw e;
            }
        } catch (LockObtainFailedException e) {
            directory.close();
            throw new IOException(folder + " is open elsewhere: one process at a time may write to an index", e);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw said(folder, e);
        }
    }

    /** A folder with anything else in it, such as one of pictures, is not to be filled with an index's files. */
    private static void requireOwn(Path folder) throws IOException {
        if (Files.isRegularFile(folder)) {
            throw new IOException(folder + " is a file: an index is a folder of its own");
        }
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            Optional<String> other = files.map(file -> file.getFileName().toString())
                    .filter(name -> !LUCENE.matcher(name).matches())
                    .findFirst();
            if (other.isPresent()) {
                throw new IOException(folder + " holds other files, such as " + line(other.get())
                        + ": an index wants a folder of its own");
            }
        }
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

    private static void requireSame(Path folder, Directory directory, Identity wanted) throws IOException {
        if (!DirectoryReader.indexExists(directory)) {
            return;
        }
        Identity held = identity(folder, directory);
        if (!held.encoder().equals(wanted.encoder())) {
            throw new IOException(folder + " holds vectors of the encoder " + line(held.encoder()) + ", not of "
                    + line(wanted.encoder()) + ": vectors of two encoders cannot be compared; choose another folder");
        }
        if (held.dimension() != wanted.dimension()) {
            throw new IOException(folder + " holds vectors of " + held.dimension() + " values, not of "
                    + wanted.dimension() + ": choose another folder");
        }
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
        put(name, label, vector, "");
    }

    /**
     * The same.
     *
     * @param mark kept beside it for {@link #marks}, such as tells whether a file is still what it was; empty for none
     */
    public void put(String name, String label, float[] vector, String mark) throws IOException {
        requireShort(name);
        requireShort(label);
        writer.updateDocument(new Term(Fields.NAME, name), Fields.of(name, label, unit(name, vector), mark));
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

    /** Removes a picture; nothing happens where there is none of this name. */
    public void remove(String name) throws IOException {
        writer.deleteDocuments(new Term(Fields.NAME, name));
    }

    /** What the next commit is to say of the index, in the place of what was said before: free text by name. */
    public void about(Map<String, String> about) {
        writer.setLiveCommitData(identity().with(about).entrySet());
    }

    @Override
    public Map<String, String> about() {
        return said(writer.getLiveCommitData());
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

    /** Commits, ends what Lucene does meanwhile, and lets go of the folder. A second call does nothing. */
    @Override
    public void close() throws IOException {
        if (!writer.isOpen()) {
            return;
        }
        try (directory) {
            closeSearchers();
            writer.commit();
            writer.close();
        }
    }
}
