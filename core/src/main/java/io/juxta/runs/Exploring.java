package io.juxta.runs;

import io.juxta.curation.Measures;
import io.juxta.curation.MeasuringPass;
import io.juxta.data.Dataset;
import io.juxta.data.Originals;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.explore.Answers;
import io.juxta.explore.Explored;
import io.juxta.explore.Explorer;
import io.juxta.explore.Eye;
import io.juxta.explore.PictureIndex;
import io.juxta.image.Image;
import io.juxta.runs.curated.CuratedFolder;
import io.juxta.runs.curated.FolderParts;
import io.juxta.runs.curated.KeptEmbeddings;
import io.juxta.runs.curated.KeptMap;
import io.juxta.runs.curated.LabelledFile;
import io.juxta.search.Embeddings;
import io.juxta.train.run.RunLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * A page on 127.0.0.1 to look at all pictures of a folder: a map of them, what is like what, what {@link Curating} has found,
 * labels and a basket.
 *
 * <pre>{@code
 * try (Exploring.Open open = Exploring.of(Path.of("photos"))
 *         .curated(Path.of("photos-curated"))
 *         .by(Path.of("runs/photos"))
 *         .open(0)) {
 *     System.out.println(open.explorer().address());
 *     done.await();
 * }
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Exploring extends CollectionRequest<Exploring> {
    private static final String MARKS = "explored.json";
    private static final String BASKETS = "baskets";

    /** As many as the page lists. */
    private static final int MOST_CLUSTERS = 200;

    private Optional<Path> curated = Optional.empty();
    private Optional<Path> exports = Optional.empty();
    private OptionalInt clusters = OptionalInt.empty();
    private long seed;

    private Exploring(Path data) {
        super(data);
    }

    @Override
    Exploring self() {
        return this;
    }

    /** The pictures: a folder, with all that lies below it; or CIFAR-10's binary files. */
    public static Exploring of(Path folder) {
        return new Exploring(folder);
    }

    /** The folder that {@link Curating} has written: what it found, the embeddings it kept, and the place for what is marked. */
    public Exploring curated(Path folder) {
        curated = Optional.of(folder);
        return this;
    }

    /** The folder that baskets are copied into, each in a folder of its own; that of the curation unless this is said. */
    public Exploring exports(Path folder) {
        exports = Optional.of(folder);
        return this;
    }

    /** How many clusters, 0 for none; about the square root of half the pictures, at most 50, unless this is said. */
    public Exploring clusters(int K) {
        if (K < 0 || K > MOST_CLUSTERS) {
            throw new IllegalArgumentException(
                    "--clusters " + K + " must be from 0, which is none, to " + MOST_CLUSTERS);
        }
        clusters = OptionalInt.of(K);
        return this;
    }

    /** Of clusters and map: the same seed gives the same. */
    public Exploring seed(long seed) {
        this.seed = seed;
        return this;
    }

    /** A page that is being served, and what it holds. */
    public static final class Open implements AutoCloseable {
        private final Explorer explorer;
        private final @Nullable RunLock lock;

        private Open(Explorer explorer, @Nullable RunLock lock) {
            this.explorer = explorer;
            this.lock = lock;
        }

        public Explorer explorer() {
            return explorer;
        }

        @Override
        public void close() throws IOException {
            explorer.close();
            if (lock != null) {
                lock.close();
            }
        }
    }

    /**
     * Begins to serve.
     *
     * @param port 0 for any that is free
     * @throws IOException when pictures, embeddings or what was found cannot be read, or the port is taken, in one line
     */
    public Open open(int port) throws IOException {
        if (curated.isEmpty() && !embedding.isAsked()) {
            throw new IllegalArgumentException(
                    "explore lays out what is alike: give an encoder, --encoder WEIGHTS, what"
                            + " embed has written, --embeddings FILE, or what curate has with an encoder, --curated DIR");
        }
        EmbeddedImages folder = embedding.of(data);
        Dataset images = folder.images();
        folder.sayLeft(images);
        CuratedFolder found = curated.isPresent() ? CuratedFolder.read(curated.get(), images) : CuratedFolder.none();
        Optional<Path> into = exports.isPresent() ? exports : curated.map(of -> of.resolve(BASKETS));
        if (into.isPresent()) {
            Originals.of(data).requireOutside(into.get());
        }
        RunLock lock = null;
        if (curated.isPresent()) {
            lock = RunLock.take(
                    Files.createDirectories(curated.get().resolve(Curating.KEPT)),
                    curated.get(),
                    "another curate or explore",
                    "give a copy of it");
        }
        try {
            return new Open(open(folder, images, found, into, port), lock);
        } catch (IOException | RuntimeException e) {
            if (lock != null) {
                lock.close();
            }
            throw e;
        }
    }

    private Explorer open(EmbeddedImages folder, Dataset images, CuratedFolder found, Optional<Path> into, int port)
            throws IOException {
        if (found.unknown() > 0) {
            listener()
                    .note(
                            Note.Kind.WARNING,
                            CurationTelling.count(found.unknown(), "picture")
                                    + " came after curate has looked: nothing is known of them until it does again");
        }
        FolderParts folders = FolderParts.of(images);
        FolderParts parts = labels(images).map(folders::with).orElse(folders);
        Explored explored = new Explored(
                String.valueOf(data.toAbsolutePath().normalize().getFileName()),
                CurationTelling.count(images.size(), "picture") + " in " + data,
                images,
                parts.classes(),
                parts.labels(),
                found.flags(),
                found.scores());
        List<String> names =
                IntStream.range(0, images.size()).mapToObj(images::name).toList();
        PictureIndex index = PictureIndex.of(embeddings(folder, images), names);
        if (clusters.orElse(0) > index.size()) {
            index.close();
            throw new IllegalArgumentException("--clusters " + clusters.orElse(0)
                    + " is more than there are pictures with an embedding: choose at most " + index.size());
        }
        Optional<Eye> eye = embedding.weights.isPresent() ? Optional.of(new Seeing(folder)) : Optional.empty();
        Answers.Options options = new Answers.Options(
                eye,
                curated.map(of -> of.resolve(MARKS)),
                into,
                table -> LabelledFile.of(table, "the file", images).labels(),
                new KeptMap(curated.map(of -> of.resolve(Curating.KEPT)), clusters, seed, cores()));
        return Explorer.open(answers(explored, index, options), port);
    }

    private static Answers answers(Explored explored, PictureIndex index, Answers.Options options) throws IOException {
        try {
            return new Answers(explored, index, options);
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private Embeddings embeddings(EmbeddedImages folder, Dataset images) throws IOException {
        if (curated.isEmpty()) {
            return folder.embeddings(images);
        }
        Path kept = curated.get().resolve(Curating.KEPT);
        List<Measures> measures = new MeasuringPass(images, kept.resolve(Curating.MEASURES), cores())
                .run(Counting.of(listener(), "measuring", "pictures", images.size()));
        if (embedding.isAsked()) {
            return embedding.embeddings(folder, images, measures, kept.resolve(Curating.EMBEDDINGS));
        }
        List<Integer> places = IntStream.range(0, measures.size())
                .filter(i -> measures.get(i).isReadable())
                .boxed()
                .toList();
        return KeptEmbeddings.kept(
                kept.resolve(Curating.EMBEDDINGS),
                images,
                places,
                places.stream().map(i -> measures.get(i).pixelDigest()).toList());
    }

    /** The encoder is read when the first picture is to be seen. */
    private static final class Seeing implements Eye {
        private final EmbeddedImages folder;
        private @Nullable TrainedEncoder encoder;

        Seeing(EmbeddedImages folder) {
            this.folder = folder;
        }

        @Override
        public float[] see(Image image) throws IOException {
            TrainedEncoder network = encoder == null ? folder.encoder() : encoder;
            encoder = network;
            Dataset one = new DecodedPictures(List.of(new DecodedPictures.Picture("the picture", image)));
            try (Embeddings seen = folder.queries(network, one)) {
                return seen.row(0);
            }
        }
    }
}
