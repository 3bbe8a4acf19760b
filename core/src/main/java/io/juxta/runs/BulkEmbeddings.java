package io.juxta.runs;

import io.juxta.data.FileState;
import io.juxta.search.bulk.BulkEntry;
import io.juxta.search.bulk.BulkFormat;
import io.juxta.weights.Beside;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Embeddings of a folder's images as files that a data base takes, each of a bounded size, with the definition of what they go into
 * beside them. Work that was stopped goes on behind the last whole file, to the same bytes.
 *
 * <pre>{@code
 * BulkEmbeddings.of(EmbeddedImages.by(run).on(photos)).as(BulkFormat.OPENSEARCH).into(Path.of("bulk")).write();
 * }</pre>
 *
 * <p>The work is done in the caller's thread.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class BulkEmbeddings {
    /** Of a file where nothing else is said, in bytes: what OpenSearch advises for a request. */
    public static final long PART = 10 << 20;

    private static final long LEAST = 16 << 10;
    private static final long MOST = 1 << 30;
    private static final Pattern PARTS = Pattern.compile("part-\\d{6,}\\.(ndjson|copy|json)");

    private final EmbeddedImages images;
    private BulkFormat format = BulkFormat.OPENSEARCH;
    private Path folder = Path.of("");
    private long partSize = PART;
    private boolean overwriting;
    private BooleanSupplier stop = () -> false;

    private BulkEmbeddings(EmbeddedImages images) {
        this.images = images;
    }

    /** @param images the encoder and its images, and who is told what is found, and how it goes */
    public static BulkEmbeddings of(EmbeddedImages images) {
        return new BulkEmbeddings(images);
    }

    public BulkEmbeddings as(BulkFormat format) {
        this.format = format;
        return this;
    }

    /** The folder of the files, made where there is none. */
    public BulkEmbeddings into(Path folder) {
        this.folder = folder;
        return this;
    }

    /** The most bytes of a file, from 16 KiB to 1 GiB. */
    public BulkEmbeddings partSize(long bytes) {
        if (bytes < LEAST || bytes > MOST) {
            throw new IllegalArgumentException("--part-size must be from 16 KiB to 1 GiB (the default is 10MiB)");
        }
        partSize = bytes;
        return this;
    }

    /** Begins anew where files of this kind are there already. */
    public BulkEmbeddings overwriting() {
        overwriting = true;
        return this;
    }

    /** Asked after every batch; the files that are whole by then are kept. */
    public BulkEmbeddings stopWhen(BooleanSupplier stop) {
        this.stop = stop;
        return this;
    }

    /** Files for a data base: how many, of how many embeddings, of how many values each. */
    public record Written(int files, int embeddings, int dimension, Path folder) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d embeddings of %,d values in %,d %s: %s",
                    embeddings,
                    dimension,
                    files,
                    files == 1 ? "file" : "files",
                    folder);
        }
    }

    /**
     * Embeds what is not written yet.
     *
     * @throws InterruptedIOException when it was to stop; what is whole is kept
     * @throws IOException when weights or images cannot be read, nothing can be written there, or what is there is of something else, in
     *     one line
     */
    public Written write() throws IOException {
        try (Embedder embedder = images.open()) {
            int dimension = embedder.dimension();
            format.requireFits(dimension);
            BulkState state = begin(embedder, dimension);
            embedder.sayLeft();
            for (Map.Entry<String, String> definition :
                    format.definitions(dimension).entrySet()) {
                OutputFile.write(folder.resolve(definition.getKey()), definition.getValue());
            }
            BulkState whole = new Parts(embedder, state).write().done();
            if (whole.rows() == 0) {
                throw new IOException(embedder.about().getOrDefault(EmbeddedImages.DATA, "the images")
                        + ": no image could be embedded; the log names each");
            }
            whole.write(folder);
            Written written = new Written(whole.parts().size(), whole.rows(), dimension, folder);
            embedder.listener().note(Note.Kind.WRITTEN, written.toString());
            int left = embedder.size() - whole.rows();
            if (left > 0) {
                embedder.sayLeftOut(left);
            }
            return written;
        }
    }

    /** What is there of the same images by the same encoder, or nothing yet. */
    private BulkState begin(Embedder embedder, int dimension) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(folder + " is a file: give a folder, as there may be many files");
        }
        Files.createDirectories(folder);
        if (overwriting && Files.exists(folder.resolve(BulkState.NAME))) {
            clear();
        }
        Map<String, String> about = new TreeMap<>(embedder.about());
        about.remove(EmbeddedImages.DATA);
        about.put("format", format.name().toLowerCase(Locale.ROOT));
        about.put("dimension", Integer.toString(dimension));
        about.put("images", digest(embedder));
        about.put("part-size", Long.toString(partSize));
        if (!Files.exists(folder.resolve(BulkState.NAME))) {
            requireEmpty();
            BulkState state = new BulkState(about, List.of(), false);
            state.write(folder);
            return state;
        }
        BulkState held = BulkState.read(folder);
        for (Map.Entry<String, String> wanted : about.entrySet()) {
            if (!wanted.getValue().equals(held.about().get(wanted.getKey()))) {
                throw new IOException(folder + " holds files of other " + wanted.getKey()
                        + ": choose another --output, or --overwrite them");
            }
        }
        if (held.finished()) {
            throw new IOException(folder + " is written already: give --overwrite, or another --output");
        }
        return held;
    }

    private void requireEmpty() throws IOException {
        Beside.sweep(folder);
        try (Stream<Path> files = Files.list(folder)) {
            Optional<Path> other = files.sorted().findFirst();
            if (other.isPresent()) {
                throw new IOException(folder + " holds other files, such as "
                        + Printable.line(other.get().getFileName().toString()) + ": give a folder of its own");
            }
        }
    }

    private static boolean isOurs(Path file) {
        String name = file.getFileName().toString();
        return PARTS.matcher(name).matches()
                || Stream.of(BulkFormat.values())
                        .anyMatch(each -> each.definitions(1).containsKey(name));
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(BulkEmbeddings::isOurs).toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder.resolve(BulkState.NAME)); // last: it says that the others are ours
    }

    /** Of the images' names, and the sizes and times of their files. */
    private static String digest(Embedder embedder) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int i = 0; i < embedder.size(); i++) {
                Optional<FileState> file = embedder.fileState(i);
                String said =
                        embedder.name(i) + "\0" + file.map(FileState::size).orElse(0L) + "\0"
                                + file.map(FileState::modified).orElse(0L) + "\0";
                digest.update(said.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The files from where it goes on; what is in none yet lies in memory, at most a file. */
    private final class Parts {
        private final Embedder embedder;
        private final int first;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final byte[] head = format.head().getBytes(StandardCharsets.UTF_8);
        private final byte[] foot = format.foot().getBytes(StandardCharsets.UTF_8);
        private final byte[] between = format.between().getBytes(StandardCharsets.UTF_8);
        private BulkState state;
        private int rows;

        Parts(Embedder embedder, BulkState state) {
            this.embedder = embedder;
            this.state = state;
            this.first = state.next();
        }

        BulkState write() throws IOException {
            // whole batches, as they would have been: what is computed together rounds together
            int batch = embedder.batchSize();
            List<Integer> wanted = IntStream.range(first - first % batch, embedder.size())
                    .boxed()
                    .toList();
            embedder.each(wanted, this::take);
            end(embedder.size());
            return state;
        }

        private void take(int[] seen, float[][] vectors) throws IOException {
            for (int i = 0; i < seen.length; i++) {
                if (seen[i] >= first) {
                    add(seen[i], vectors[i]);
                }
            }
            if (stop.getAsBoolean()) {
                throw new InterruptedIOException("stopped");
            }
        }

        private void add(int image, float[] vector) throws IOException {
            byte[] row = format.row(new BulkEntry(embedder.name(image), embedder.label(image), vector));
            if (row.length + head.length + foot.length > partSize) {
                throw new IllegalArgumentException(
                        "--part-size " + partSize + " is less than one embedding takes, " + row.length + " bytes");
            }
            if (rows > 0 && bytes.size() + between.length + row.length + foot.length > partSize) {
                end(image);
            }
            bytes.writeBytes(rows == 0 ? head : between);
            bytes.writeBytes(row);
            rows++;
        }

        private void end(int next) throws IOException {
            if (rows == 0) {
                return;
            }
            bytes.writeBytes(foot);
            String name =
                    String.format(Locale.ROOT, "part-%06d%s", state.parts().size() + 1, format.ending());
            Beside.write(folder.resolve(name), bytes::writeTo);
            state = state.with(new BulkState.Part(name, next, rows, bytes.size()));
            state.write(folder);
            bytes.reset();
            rows = 0;
        }
    }
}
