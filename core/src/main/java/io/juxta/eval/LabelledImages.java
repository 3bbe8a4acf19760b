package io.juxta.eval;

import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.train.Stop;
import java.io.IOException;
import java.util.function.Function;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** Images with their classes, batch by batch, as often as they are asked for. */
@API(status = API.Status.INTERNAL)
public interface LabelledImages {
    /** The label of an image that stands in for one that cannot be read, where {@link #judged} says so. */
    int STAND_IN = -2;

    /** Takes one batch. */
    @FunctionalInterface
    interface Consumer {
        /**
         * @param images float (N, 3, H, W), not to be used after the call
         * @param labels N classes, -1 where there is none, {@link #STAND_IN} where one is not to be judged by
         */
        void accept(Tensor images, int[] labels) throws IOException;
    }

    /** The images of one pass. */
    int size();

    /** The number of classes; 0 where the images have none. */
    int classes();

    /**
     * Gives every image once.
     *
     * @param pass from 0: another pass may have another order and other augmentations, the same pass has the same
     * @param consumer called for one batch after the other, in this thread
     * @throws IOException when images cannot be read
     */
    void read(int pass, Consumer consumer) throws IOException;

    /**
     * What a loader gives: its first view, an epoch for each pass. Between two batches an interrupted thread gets an
     * {@link java.io.InterruptedIOException}.
     *
     * @param loader of one process, that keeps its last batch; it stays the caller's to close
     * @param dataset the loader's
     */
    static LabelledImages of(Loader loader, Dataset dataset) {
        return of(loader, dataset, Batch::labels);
    }

    /**
     * The same to judge by: an image that stands in for one that cannot be read is told, since it would count twice.
     *
     * @param loader of one view, in the order of the data set, all of it or a process's share of each batch
     * @param dataset the loader's
     */
    static LabelledImages judged(Loader loader, Dataset dataset) {
        return of(loader, dataset, batch -> {
            int[] labels = batch.labels();
            for (int i = 0; i < labels.length; i++) {
                labels[i] = batch.isReplaced(i) ? STAND_IN : labels[i];
            }
            return labels;
        });
    }

    private static LabelledImages of(Loader loader, Dataset dataset, Function<Batch, int[]> labels) {
        return new LabelledImages() {
            @Override
            public int size() {
                return dataset.size();
            }

            @Override
            public int classes() {
                return dataset.classes().size();
            }

            @Override
            public void read(int pass, Consumer consumer) throws IOException {
                Loader.Epoch epoch = loader.epoch(pass);
                while (epoch.hasNext()) {
                    Stop.ifInterrupted();
                    try (Batch batch = epoch.next()) {
                        consumer.accept(batch.view(0), labels.apply(batch));
                    }
                }
            }
        };
    }
}
