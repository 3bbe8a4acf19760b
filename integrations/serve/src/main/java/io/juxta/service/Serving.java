package io.juxta.service;

import io.juxta.Classifier;
import io.juxta.DetectionOptions;
import io.juxta.Detector;
import io.juxta.Encoder;
import io.juxta.EncoderOptions;
import io.juxta.Translator;
import io.juxta.lucene.DiskIndexOptions;
import io.juxta.lucene.SearchedIndex;
import io.juxta.runs.EmbeddedImages;
import io.juxta.runs.Printable;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * A service by files of weights: it is loaded, started, and closed with all that it uses.
 *
 * <pre>{@code
 * try (Serving serving = Serving.by(EncoderOptions.defaults())
 *         .encoder(Path.of("runs/photos"))
 *         .index(Path.of("photos.index"))
 *         .start(ServiceOptions.defaults())) {
 *     System.out.println("listening on " + serving.address());
 *     untilToldToEnd.await();
 * }
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Serving implements AutoCloseable {
    private static final long MEMORY = 1L << 30;

    private final Networks networks;
    private final ImageService service;

    private Serving(Networks networks, ImageService service) {
        this.networks = networks;
        this.service = service;
    }

    /** @param options of the encoder; the other networks compute on its device, in batches of its size and, where they can, in its precision */
    public static Weights by(EncoderOptions options) {
        return new Weights(options);
    }

    /** What is served. */
    public static final class Weights {
        private final EncoderOptions options;
        private Optional<Path> encoder = Optional.empty();
        private Optional<Path> index = Optional.empty();
        private Optional<Path> classifier = Optional.empty();
        private Optional<Path> detector = Optional.empty();
        private Optional<Path> generator = Optional.empty();
        private DiskIndexOptions searching = DiskIndexOptions.defaults();

        private Weights(EncoderOptions options) {
            this.options = options;
        }

        /** As {@link Encoder#load} takes it. */
        public Weights encoder(Path weights) {
            encoder = Optional.of(weights);
            return this;
        }

        /** Embeddings by the encoder: a safetensors file, which comes into memory, or an index on disk. */
        public Weights index(Path fileOrFolder) {
            index = Optional.of(fileOrFolder);
            return this;
        }

        /** How an index on disk is searched. */
        public Weights searching(DiskIndexOptions options) {
            searching = options;
            return this;
        }

        /** As {@link Classifier#load} takes it. */
        public Weights classifier(Path weights) {
            classifier = Optional.of(weights);
            return this;
        }

        /** As {@link Detector#load} takes it. */
        public Weights detector(Path weights) {
            detector = Optional.of(weights);
            return this;
        }

        /** As {@link Translator#load} takes it. */
        public Weights generator(Path weights) {
            generator = Optional.of(weights);
            return this;
        }

        /**
         * Loads and serves.
         *
         * @throws IOException when weights or the index cannot be read, do not belong together, or the port is taken, in one line
         * @throws IllegalArgumentException when there is nothing to serve
         */
        public Serving start(ServiceOptions service) throws IOException {
            if (encoder.isEmpty() && classifier.isEmpty() && detector.isEmpty() && generator.isEmpty()) {
                throw new IllegalArgumentException(
                        "nothing to serve: give --encoder, --classifier, --detector or --generator");
            }
            if (index.isPresent() && encoder.isEmpty()) {
                throw new IllegalArgumentException("--index is searched by an encoder: give --encoder as well");
            }
            Networks loaded = Networks.none();
            try {
                loaded = load(loaded);
                return new Serving(loaded, new ImageService(loaded, service));
            } catch (IOException | RuntimeException e) {
                loaded.close();
                throw e;
            }
        }

        private Networks load(Networks none) throws IOException {
            Networks loaded = none;
            try {
                if (encoder.isPresent()) {
                    loaded = loaded.with(Encoder.load(encoder.get(), options));
                    if (index.isPresent()) {
                        loaded = loaded.with(pictures(encoder.get(), index.get()));
                    }
                }
                if (classifier.isPresent()) {
                    loaded = loaded.with(Classifier.load(classifier.get(), options.device(), options.batchSize()));
                }
                if (detector.isPresent()) {
                    loaded = loaded.with(Detector.load(
                            detector.get(),
                            DetectionOptions.defaults()
                                    .withDevice(options.device())
                                    .withPrecision(options.precision())));
                }
                if (generator.isPresent()) {
                    loaded = loaded.with(
                            Translator.load(generator.get(), options.device(), MEMORY, options.precision()));
                }
                return loaded;
            } catch (IOException | RuntimeException e) {
                loaded.close();
                throw e;
            }
        }

        private SearchablePictures pictures(Path weights, Path file) throws IOException {
            String own = EmbeddedImages.by(weights).layer(options.layer()).encoderName();
            if (Files.isDirectory(file)) {
                SearchedIndex index = SearchedIndex.open(file, searching);
                if (!index.encoder().equals(own)) {
                    String held = index.encoder();
                    index.close();
                    throw otherWeights(file, held, own);
                }
                return SearchablePictures.of(index);
            }
            try (Embeddings embeddings = EmbeddingFile.read(file)) {
                String held = embeddings.about().getOrDefault("encoder", "nothing that it says") + " ("
                        + embeddings.about().getOrDefault("layer", "nothing") + ")";
                if (!held.equals(own)) {
                    throw otherWeights(file, held, own);
                }
                return SearchablePictures.of(ImageIndex.of(embeddings));
            }
        }

        private static IOException otherWeights(Path file, String held, String own) {
            return new IOException(file + " was made by the encoder " + Printable.line(held) + ", not by " + own
                    + ": make it again, or give the weights and the layer that it is of");
        }
    }

    /** Where it listens. */
    public String address() {
        return service.address();
    }

    /** Refuses what is new, finishes what has been taken, and frees the networks. */
    @Override
    public void close() throws IOException {
        service.close();
        networks.close();
    }
}
