package io.juxta.swav;

import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The latest embeddings of each crop with an assignment, so that small batches are assigned among many samples (Caron
 * et al., 2020, section 4.2, "Training with small batches"): (A, L, dim), the newest in front.
 */
@API(status = API.Status.INTERNAL)
public final class EmbeddingQueue implements AutoCloseable {
    private final Tensor rows;

    /**
     * An empty queue: all zeros.
     *
     * @param crops A, how many crops have an assignment
     * @param length L, at least the batch size
     */
    public EmbeddingQueue(int crops, int length, int dim) {
        this(torch.zeros(crops, length, dim));
    }

    /** @param rows (A, L, dim); kept and written to */
    EmbeddingQueue(Tensor rows) {
        this.rows = rows;
    }

    /** (A, L, dim); the queue's own memory. */
    public Tensor rows() {
        return rows;
    }

    /** L, the number of embeddings of each crop. */
    public long length() {
        return rows.size(1);
    }

    /** The embeddings of one crop, (L, dim). */
    public Tensor of(int crop) {
        return rows.select(0, crop);
    }

    /**
     * Whether the last row holds an embedding. It has length 1 from then on: once full, a queue stays so, and asking in
     * every step comes to the same as the original's asking until the first yes of an epoch.
     */
    public boolean isFull(int crop) {
        try (PointerScope scope = new PointerScope()) {
            return of(crop).select(0, length() - 1).ne(new Scalar(0)).any().item_bool();
        }
    }

    /**
     * Puts embeddings in front; the oldest fall out behind.
     *
     * @param embeddings (N, dim), rows of length 1, N at most L
     */
    public void push(int crop, Tensor embeddings) {
        long N = embeddings.size(0);
        if (N > length()) {
            throw new IllegalArgumentException("queue-length " + length() + " is below the batch of " + N
                    + ": make it at least as long, or 0 for no queue");
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor mine = of(crop);
            // source and target overlap
            mine.narrow(0, N, length() - N)
                    .copy_(mine.narrow(0, 0, length() - N).clone());
            mine.narrow(0, 0, N).copy_(embeddings);
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
