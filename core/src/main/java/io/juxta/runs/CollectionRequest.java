package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.eval.Layer;
import io.juxta.runs.curated.LabelledFile;
import io.juxta.torch.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What is asked for when a collection of pictures is looked at: the pictures, what embeds them, and what they are labelled. Each
 * method gives this request back. It is filled in and used by one thread.
 *
 * @param <T> what is done with the collection
 */
@API(status = API.Status.EXPERIMENTAL)
public abstract sealed class CollectionRequest<T extends CollectionRequest<T>> permits Curating, Exploring {
    final Path data;
    final EmbeddingWork embedding = new EmbeddingWork();
    private Optional<Path> labelled = Optional.empty();

    CollectionRequest(Path data) {
        this.data = data;
    }

    abstract T self();

    /** @param weights a run's folder, its {@code encoder.safetensors}, one of its checkpoints, or weights that import knows */
    public final T by(Path weights) {
        embedding.weights = Optional.of(weights);
        return self();
    }

    /** Embeddings of the pictures that were made before, a safetensors file; where an encoder is given, they must be its. */
    public final T embeddings(Path file) {
        embedding.index = Optional.of(file);
        return self();
    }

    /** The feature, which knows more and is the default; or the embedding that the loss saw. */
    public final T layer(Layer layer) {
        embedding.layer = layer;
        return self();
    }

    /** Pictures computed at once, 64 unless this is said. */
    public final T batchSize(int images) {
        embedding.batchSize = images;
        return self();
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public final T device(String name) {
        embedding.device = name;
        return self();
    }

    /** What the network computes in; float32 unless this is said. */
    public final T precision(Precision precision) {
        embedding.precision = precision;
        return self();
    }

    /** Of one operation, and at once of all else; 0, the default, for one for each core that may be used. */
    public final T threads(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("--threads " + threads + " must be at least 0");
        }
        embedding.threads = threads;
        return self();
    }

    /** Which pictures are labelled, and how: names, or a CSV with columns image and label. Their labels replace the folders'. */
    public final T labelled(Path file) {
        labelled = Optional.of(file);
        return self();
    }

    /** Who is told what is found, and how it goes. */
    public final T told(WorkListener listener) {
        embedding.listener = listener;
        return self();
    }

    final WorkListener listener() {
        return embedding.listener;
    }

    final int cores() {
        return embedding.threads > 0 ? embedding.threads : Runtime.getRuntime().availableProcessors();
    }

    final boolean hasLabels() {
        return labelled.isPresent();
    }

    /** The labels that are given; says which of them are of no picture. */
    final Optional<LabelledFile> labels(Dataset images) throws IOException {
        if (labelled.isEmpty()) {
            return Optional.empty();
        }
        LabelledFile given = LabelledFile.read(labelled.get(), images);
        if (!given.absent().isEmpty()) {
            listener()
                    .note(
                            Note.Kind.WARNING,
                            String.format(
                                    Locale.ROOT,
                                    "%s names %,d %s not there, such as %s: left out",
                                    labelled.get(),
                                    given.absent().size(),
                                    given.absent().size() == 1 ? "picture that is" : "pictures that are",
                                    Printable.line(given.absent().get(0))));
        }
        return Optional.of(given);
    }
}
