package io.juxta.search;

import io.juxta.eval.neighbours.Nearest;
import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Images by their embeddings, to be searched by cosine. Every search is exact: it compares with every image, as fast as
 * memory can be read. Safe for use by many threads at once.
 *
 * <pre>{@code
 * try (ImageIndex index = ImageIndex.of(Embeddings.of(names, encoder.embed(files)))) {
 *     List<Match> alike = index.nearest(encoder.embed(photo), 10);
 * }
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class ImageIndex implements AutoCloseable {
    private static final int QUERIES = 256;
    /** Images that are compared with a block of others at once: where all are alike, half a million pairs. */
    private static final int STRIP = 256;

    private static final int BLOCK = 2048;

    private final List<String> names;
    private final int dimension;
    private final Tensor unit;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** More searches at once than cores, each with libtorch's threads, hinder one another: measured, to a tenth of the rate. */
    private final Semaphore cores = new Semaphore(Runtime.getRuntime().availableProcessors());

    private boolean closed;

    private ImageIndex(List<String> names, int dimension, Tensor unit) {
        this.names = names;
        this.dimension = dimension;
        this.unit = unit;
    }

    /**
     * Makes an index of a copy of embeddings.
     *
     * @param embeddings of any length; stay the caller's
     */
    public static ImageIndex of(Embeddings embeddings) {
        return new ImageIndex(embeddings.names(), embeddings.dimension(), torch.normalize(embeddings.values()));
    }

    /** The number of images. */
    public int size() {
        return names.size();
    }

    /** The length of an embedding. */
    public int dimension() {
        return dimension;
    }

    /** What the images are called. */
    public List<String> names() {
        return names;
    }

    /**
     * The images nearest to an embedding.
     *
     * @param k at least 1; of a smaller index, all images
     * @return nearest first
     * @throws IllegalArgumentException when the embedding is of another length
     * @throws IllegalStateException when the index is closed
     */
    public List<Match> nearest(float[] query, int k) {
        return nearest(new float[][] {query}, k).get(0);
    }

    /** {@link #nearest(float[], int)} of several embeddings, in their order. */
    public List<List<Match>> nearest(float[][] queries, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k " + k + " must be at least 1");
        }
        for (float[] query : queries) {
            if (query.length != dimension()) {
                throw new IllegalArgumentException("an embedding of " + query.length
                        + " values cannot be looked for among those of " + dimension()
                        + ": make both by the same encoder");
            }
        }
        List<List<Match>> found = new ArrayList<>();
        cores.acquireUninterruptibly();
        lock.readLock().lock();
        try (NoGradGuard guard = new NoGradGuard()) {
            requireOpen();
            for (int from = 0; from < queries.length; from += QUERIES) {
                found.addAll(block(Arrays.copyOfRange(queries, from, Math.min(queries.length, from + QUERIES)), k));
            }
        } finally {
            lock.readLock().unlock();
            cores.release();
        }
        return found;
    }

    private List<List<Match>> block(float[][] queries, int k) {
        int most = Math.min(k, size());
        float[] asked = new float[queries.length * dimension()];
        for (int i = 0; i < queries.length; i++) {
            System.arraycopy(queries[i], 0, asked, i * dimension(), dimension());
        }
        try (PointerScope scope = new PointerScope()) {
            T_TensorTensor_T best =
                    Nearest.of(torch.normalize(Tensor.create(asked, queries.length, dimension())), unit, most);
            float[] cosines = new float[queries.length * most];
            best.get0().contiguous().data_ptr_float().get(cosines);
            long[] places = new long[cosines.length];
            best.get1().contiguous().data_ptr_long().get(places);
            List<List<Match>> found = new ArrayList<>();
            for (int i = 0; i < queries.length; i++) {
                List<Match> matches = new ArrayList<>();
                for (int j = i * most; j < (i + 1) * most; j++) {
                    matches.add(
                            new Match((int) places[j], names.get((int) places[j]), AlikeCollector.clamp(cosines[j])));
                }
                found.add(List.copyOf(matches));
            }
            return found;
        }
    }

    /** As {@link #alike(double, int, IntConsumer)}, which nobody is told of. */
    public Alike alike(double cosine, int most) throws InterruptedIOException {
        return alike(cosine, most, more -> {});
    }

    /**
     * All images that are alike: the most alike pairs, and the groups that all pairs make. Memory is that of the pairs
     * that are listed and 16 MB, however many are alike; the time grows with the square of the number of images.
     *
     * @param cosine the least of a pair, above -1 and at most 1
     * @param most how many pairs are listed; of more, the most alike
     * @param progress is told how many more images are compared with all behind them: later ones take less time
     * @throws IllegalArgumentException when the cosine or the number is out of range
     * @throws InterruptedIOException when this thread is interrupted
     * @throws IllegalStateException when the index is closed
     */
    public Alike alike(double cosine, int most, IntConsumer progress) throws InterruptedIOException {
        if (!(cosine > -1 && cosine <= 1)) {
            throw new IllegalArgumentException("a cosine of " + cosine + " must be above -1 and at most 1");
        }
        if (most < 1) {
            throw new IllegalArgumentException(most + " pairs to list must be at least 1");
        }
        AlikeCollector collector = new AlikeCollector(size(), most);
        lock.readLock().lock();
        try (NoGradGuard guard = new NoGradGuard()) {
            requireOpen();
            for (int row = 0; row < size(); row += STRIP) {
                for (int column = row - row % BLOCK; column < size(); column += BLOCK) {
                    Stop.ifInterrupted();
                    add(collector, row, column, cosine);
                }
                progress.accept(Math.min(STRIP, size() - row));
            }
        } finally {
            lock.readLock().unlock();
        }
        return collector.alike();
    }

    private void add(AlikeCollector collector, int row, int column, double cosine) {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = unit.narrow(0, row, Math.min(STRIP, size() - row));
            Tensor b = unit.narrow(0, column, Math.min(BLOCK, size() - column));
            Tensor cosines = a.matmul(b.t());
            // equal embeddings are alike however they are rounded
            Tensor alike = cosines.ge(new Scalar(Math.min(cosine, 1 - 1e-6)));
            if (column <= row) {
                alike = alike.triu(row - column + 1L); // each pair once, and none of an image with itself
            }
            Tensor found = alike.nonzero();
            if (found.numel() == 0) {
                return;
            }
            long[] places = new long[Math.toIntExact(found.numel())];
            found.contiguous().data_ptr_long().get(places);
            float[] values = new float[places.length / 2];
            cosines.masked_select(alike).data_ptr_float().get(values);
            for (int i = 0; i < values.length; i++) {
                collector.add(row + (int) places[2 * i], column + (int) places[2 * i + 1], values[i]);
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the index is closed");
        }
    }

    /** Frees the embeddings, once those who search have finished. A second call does nothing. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            unit.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
