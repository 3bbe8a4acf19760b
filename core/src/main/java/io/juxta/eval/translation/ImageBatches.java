package io.juxta.eval.translation;

import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.eval.Features;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.train.Stop;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Images, batch by batch, that features are made of: those of a data set, or those that a generator makes. */
@API(status = API.Status.INTERNAL)
@FunctionalInterface
public interface ImageBatches {
    /** Takes one batch. */
    @FunctionalInterface
    interface Consumer {
        /**
         * @param images float (N, 3, H, W) on the scale 0 to 1, on any device, not to be used after the call; what is
         *     below or above is taken for 0 or 1, as a file would have it
         */
        void accept(Tensor images) throws IOException;
    }

    /**
     * Gives every image once.
     *
     * @param consumer called for one batch after the other, in this thread
     * @throws IOException when images cannot be read
     */
    void read(Consumer consumer) throws IOException;

    /**
     * The images of a data set, each resized (bilinear) to a square, in the set's order. One that cannot be read is left
     * out; more than one and more than 1 % of them end the reading. Between two batches an interrupted thread gets an
     * {@link java.io.InterruptedIOException}.
     *
     * @param size of a side in pixels
     */
    static ImageBatches of(Dataset dataset, int size) {
        Augmentation bytes = Augmentation.plain(size, new Normalization(List.of(0f, 0f, 0f), List.of(1f, 1f, 1f)));
        return consumer -> {
            try (Loader loader = Features.open(dataset, bytes, 64)) {
                Loader.Epoch epoch = loader.epoch(0);
                for (int first = 0; epoch.hasNext(); ) {
                    Stop.ifInterrupted();
                    try (Batch batch = epoch.next();
                            PointerScope scope = new PointerScope()) {
                        int place = first;
                        int[] seen = batch.indices();
                        // where another stands in for one that cannot be read, it would count twice
                        long[] own = IntStream.range(0, seen.length)
                                .filter(row -> seen[row] == place + row)
                                .asLongStream()
                                .toArray();
                        if (own.length > 0) {
                            consumer.accept(batch.view(0).index_select(0, Tensor.create(own, own.length)));
                        }
                        first += batch.size();
                    }
                }
            }
        };
    }
}
