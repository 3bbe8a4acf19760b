package io.juxta.train.embedding;

import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.NormalizeFuncOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The dictionary of keys as a queue (He et al., 2020, section 3.2): (dim, K), each column a key of length 1, overwritten
 * from the oldest on. Any number of keys may be enqueued; they wrap around the end.
 */
@API(status = API.Status.INTERNAL)
public final class KeyQueue implements AutoCloseable {
    private final Tensor keys;
    private long pointer;

    /** A queue of random directions drawn from libtorch's generator, as in the original. */
    public KeyQueue(int dim, int size) {
        this(randomDirections(dim, size));
    }

    /**
     * @param keys (dim, K), columns of length 1; kept and written to
     */
    public KeyQueue(Tensor keys) {
        this.keys = keys;
    }

    private static Tensor randomDirections(int dim, int size) {
        try (PointerScope scope = new PointerScope()) {
            NormalizeFuncOptions columns = new NormalizeFuncOptions();
            columns.dim().put(0L);
            return torch.normalize(torch.randn(dim, size), columns).retainReference();
        }
    }

    /** (dim, K); the queue's own memory. */
    public Tensor keys() {
        return keys;
    }

    /** K, the number of keys. */
    public long size() {
        return keys.size(1);
    }

    /** The column that the next key goes into. */
    public long pointer() {
        return pointer;
    }

    /** Sets the column that the next key goes into, from 0 to K - 1. */
    public void pointer(long column) {
        if (column < 0 || column >= size()) {
            throw new IllegalArgumentException("queue pointer " + column + " is outside 0.." + (size() - 1));
        }
        pointer = column;
    }

    /**
     * Overwrites the oldest keys.
     *
     * @param newKeys (N, dim), rows of length 1; of more than K only the last K remain
     */
    public void enqueue(Tensor newKeys) {
        long total = newKeys.size(0);
        long kept = Math.min(total, size());
        pointer = (pointer + total - kept) % size();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (long done = 0; done < kept; ) {
                long count = Math.min(kept - done, size() - pointer);
                keys.narrow(1, pointer, count)
                        .copy_(newKeys.narrow(0, total - kept + done, count).t());
                pointer = (pointer + count) % size();
                done += count;
            }
        }
    }

    /**
     * How many steps ago the keys were made that a step meets, in the mean: 1 for those of the step before. The random
     * directions that the queue begins with were made by no step and do not count; where there is nothing else, 0.
     *
     * @param iteration steps before this one
     * @param perStep keys that each step enqueues
     * @param size K
     */
    public static double meanAge(long iteration, long perStep, long size) {
        if (iteration <= size / perStep) {
            return iteration == 0 ? 0 : (iteration + 1) / 2.0;
        }
        double whole = size / perStep;
        double rest = size % perStep;
        return (perStep * whole * (whole + 1) / 2 + rest * (whole + 1)) / size;
    }

    @Override
    public void close() {
        keys.close();
    }
}
