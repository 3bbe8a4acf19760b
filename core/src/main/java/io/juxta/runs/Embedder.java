package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.FileState;
import io.juxta.data.Subset;
import io.juxta.eval.FeatureOptions;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Image;
import io.juxta.runs.DecodedPictures.Picture;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An encoder and images that it embeds a batch at a time, for whatever keeps embeddings elsewhere: an index, a data base. Memory is that
 * of the images' names and of a batch. An image that cannot be read, or whose embedding has no direction, is left out, however many are: the log
 * names each, and {@link #unread} counts them.
 *
 * <pre>{@code
 * try (Embedder embedder = EmbeddedImages.by(run).on(photos).open()) {
 *     embedder.each(wanted, (images, rows) -> keep(embedder.name(images[0]), rows[0]));
 * }
 * }</pre>
 *
 * <p>To be used in one thread, the one that it was opened in.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Embedder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Embedder.class);

    private final EmbeddedImages embedded;
    private final Dataset images;
    private final Map<String, String> about;
    private final String encoder;
    private final FeatureOptions options;
    private final TrainedEncoder network;
    private int unread;

    Embedder(EmbeddedImages embedded, FeatureOptions options) throws IOException {
        this.embedded = embedded;
        this.options = options;
        this.images = embedded.images();
        this.about = Map.copyOf(embedded.about(options.length()));
        this.encoder = embedded.encoderName();
        this.network = embedded.encoder();
    }

    /** The number of images. */
    public int size() {
        return images.size();
    }

    /** What an image is called: its path below the folder, or its number. */
    public String name(int image) {
        return images.name(image);
    }

    /** The class of an image; empty where it has none. */
    public String label(int image) {
        int label = images.label(image);
        return label < 0 ? "" : images.classes().get(label);
    }

    /** What is known of an image's file without a look into it, with a checksum once it has been embedded. */
    public Optional<FileState> fileState(int image) {
        return images.fileState(image);
    }

    /**
     * Reads an image's file for its checksum.
     *
     * @throws IOException when it cannot be read
     */
    public long checksum(int image) throws IOException {
        return images.checksum(image);
    }

    /** Tells the encoder and its layer from others: the first half of its weights' SHA-256, and which layer. */
    public String encoder() {
        return encoder;
    }

    /** How the embeddings are made, and of which images: free text by name. */
    public Map<String, String> about() {
        return about;
    }

    /** Says what of the folder is not among the images. */
    public void sayLeft() throws IOException {
        embedded.sayLeft(images);
    }

    /** Who is told what is found, and how it goes. */
    public WorkListener listener() {
        return embedded.listener();
    }

    /** The length of an embedding, which a network tells by what it gives. */
    public int dimension() throws IOException {
        DecodedPictures blank = new DecodedPictures(List.of(new Picture("blank", new Image(1, 1, new byte[3]))));
        try (Embeddings embeddings = embedded.queries(network, blank)) {
            return embeddings.dimension();
        }
    }

    /** Takes the embeddings of a batch while others are made. */
    @FunctionalInterface
    public interface Taking {
        /**
         * @param images places from 0 to {@link #size}, of those that could be read
         * @param rows one for each
         */
        void take(int[] images, float[][] rows) throws IOException;
    }

    /**
     * Embeds some images.
     *
     * @param wanted places from 0 to {@link #size}
     * @param taking is given each batch in this order, in this thread
     * @throws InterruptedIOException when this thread is interrupted: the batches until then have been given
     * @throws IOException what the taking throws
     */
    public void each(List<Integer> wanted, Taking taking) throws IOException {
        if (wanted.isEmpty()) {
            return;
        }
        TolerantImages some = new TolerantImages(new Subset(images, wanted));
        var counting = Counting.of(listener(), "embedding", "images", wanted.size());
        try {
            Embeddings.each(network, some, options, (seen, rows) -> {
                int read = 0;
                int[] places = new int[seen.length];
                float[][] kept = new float[seen.length][];
                for (int i = 0; i < seen.length; i++) {
                    if (!some.isUnread(seen[i]) && hasDirection(name(wanted.get(seen[i])), rows[i])) {
                        places[read] = wanted.get(seen[i]);
                        kept[read++] = rows[i];
                    }
                }
                taking.take(Arrays.copyOf(places, read), Arrays.copyOf(kept, read));
                counting.accept(seen.length);
            });
        } finally {
            unread += some.unread();
        }
    }

    /** An image of one colour may leave a network nothing but zeros, with which nothing can be compared. */
    private boolean hasDirection(String name, float[] row) {
        boolean any = false;
        for (float value : row) {
            if (!Float.isFinite(value)) {
                log.warn("left out: {}: its embedding has values that are no numbers", name);
                unread++;
                return false;
            }
            any |= value != 0;
        }
        if (!any) {
            log.warn("left out: {}: its embedding is zeros alone", name);
            unread++;
        }
        return any;
    }

    int batchSize() {
        return options.batchSize();
    }

    /** Says that images were left out, each of which the log has named. */
    public void sayLeftOut(int images) {
        listener()
                .note(
                        Note.Kind.WARNING,
                        images + (images == 1 ? " image" : " images")
                                + " could not be read or embedded, and left out; the log names each");
    }

    /** How many images could not be read, or have no embedding, so far. */
    public int unread() {
        return unread;
    }

    /** Frees the network. A second call does nothing. */
    @Override
    public void close() {
        network.network().close();
    }
}
