package io.juxta.runs;

import io.juxta.curation.Measures;
import io.juxta.data.Dataset;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Layer;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.runs.curated.KeptEmbeddings;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import io.juxta.torch.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The embeddings of a collection: read from a file, or made by an encoder and kept. */
final class EmbeddingWork {
    Optional<Path> weights = Optional.empty();
    Optional<Path> index = Optional.empty();
    Layer layer = Layer.BACKBONE;
    int batchSize = 64;
    String device = "auto";
    Precision precision = Precision.FLOAT32;
    int threads;
    WorkListener listener = new WorkListener() {};

    /** Whether there are to be any. */
    boolean isAsked() {
        return weights.isPresent() || index.isPresent();
    }

    EmbeddedImages of(Path data) throws IOException {
        EmbeddedImages images = EmbeddedImages.by(weights.orElse(Path.of("")))
                .on(data)
                .layer(layer)
                .batchSize(batchSize)
                .device(device)
                .precision(precision)
                .threads(threads)
                .told(listener);
        return index.isPresent() ? images.index(index.get()) : images;
    }

    /** Rows under the names of pictures that can be read, in their order; at least one. */
    Embeddings embeddings(EmbeddedImages folder, Dataset images, List<Measures> measures, Path kept)
            throws IOException {
        return index.isPresent() ? read(folder, images, measures, index.get()) : make(folder, images, measures, kept);
    }

    private Embeddings read(EmbeddedImages folder, Dataset images, List<Measures> measures, Path file)
            throws IOException {
        try (Embeddings all = weights.isPresent() ? folder.embeddings(images) : EmbeddingFile.read(file)) {
            Map<String, Integer> rows = new HashMap<>();
            for (int i = 0; i < all.size(); i++) {
                rows.putIfAbsent(all.names().get(i), i);
            }
            int[] of = measures.stream()
                    .filter(measured -> measured.isReadable() && rows.containsKey(measured.name()))
                    .mapToInt(measured -> rows.get(measured.name()))
                    .toArray();
            if (of.length == 0) {
                throw new IOException(file + " holds embeddings of other pictures, such as "
                        + Printable.line(all.names().get(0)) + ", and none of " + folder.data()
                        + ": make them again by juxta embed");
            }
            long readable = measures.stream().filter(Measures::isReadable).count();
            if (of.length < readable) {
                listener.note(
                        Note.Kind.WARNING,
                        (readable - of.length) + " pictures have no embedding in " + file
                                + ", and are looked at without: juxta embed makes them");
            }
            return all.rows(of);
        }
    }

    private Embeddings make(EmbeddedImages folder, Dataset images, List<Measures> measures, Path kept)
            throws IOException {
        Map<String, String> about = new HashMap<>(folder.about(FeatureOptions.Length.UNIT));
        about.remove(EmbeddedImages.DATA);
        about.remove(EmbeddedImages.SPLIT);
        List<Integer> places = IntStream.range(0, measures.size())
                .filter(i -> measures.get(i).isReadable())
                .boxed()
                .toList();
        List<String> digests =
                places.stream().map(i -> measures.get(i).pixelDigest()).toList();

        IntConsumer progress = Counting.of(listener, "embedding", "pictures", places.size());
        Made made = new Made(folder, progress);
        Embeddings embeddings = new KeptEmbeddings(kept, about)
                .of(images, places, digests, made::embed, before -> progress.accept(before));
        if (embeddings.size() == 0) {
            embeddings.close();
            throw new IOException(folder.data() + ": no picture could be embedded");
        }
        return embeddings;
    }

    /** The encoder is read when there is something to embed. */
    private final class Made {
        private final EmbeddedImages folder;
        private final IntConsumer progress;
        private @Nullable TrainedEncoder encoder;

        Made(EmbeddedImages folder, IntConsumer progress) {
            this.folder = folder;
            this.progress = progress;
        }

        Embeddings embed(Dataset these) throws IOException {
            TrainedEncoder network = encoder == null ? folder.encoder() : encoder;
            encoder = network;
            FeatureOptions unit = new FeatureOptions(layer, FeatureOptions.Length.UNIT, batchSize);
            return Embeddings.of(network, these, unit, Map.of(), progress);
        }
    }
}
