package io.juxta.data;

import java.io.IOException;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** Where a run's batches come from, made ahead of whoever learns from them. One consumer at a time. */
@API(status = API.Status.INTERNAL)
public interface BatchSource extends AutoCloseable {
    /** The batches of an epoch, in this process. */
    int batches();

    /** The nanoseconds that were spent waiting for a batch since this was opened. */
    long waitNanos();

    /**
     * Begins an epoch somewhere in its course; the one before it, if unfinished, ends here.
     *
     * @param number of the epoch, from 0
     * @param firstBatch from 0 to {@link #batches}
     */
    Epoch epoch(int number, int firstBatch);

    /** Begins an epoch. */
    default Epoch epoch(int number) {
        return epoch(number, 0);
    }

    @Override
    void close();

    /** Batches in the order of their numbers. */
    interface Epoch {
        /** Whether there is another batch. */
        boolean hasNext();

        /**
         * The next batch; it waits until the batch is made.
         *
         * @throws IOException naming the image that cannot be read or used
         */
        Views next() throws IOException;
    }

    /** What a batch holds. Closing it ends its tensors. */
    interface Views extends AutoCloseable {
        /** One of its tensors, from 0. */
        Tensor view(int view);

        /** The places of its images in their data set; a copy. */
        int[] indices();

        @Override
        void close();
    }
}
