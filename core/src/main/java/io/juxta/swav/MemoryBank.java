package io.juxta.swav;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * What each image of an epoch was embedded as when it was last seen, for some of its crops: overwritten row by row in
 * the order in which an epoch visits the images.
 */
final class MemoryBank implements AutoCloseable {
    private final Tensor embeddings;
    private final Tensor images;

    /**
     * @param embeddings (A, R, dim): A crops of R visits, rows of length 1; kept and written to
     * @param images (R) of int64, the place in the data set of the image of each visit; kept and written to
     */
    MemoryBank(Tensor embeddings, Tensor images) {
        this.embeddings = embeddings;
        this.images = images;
    }

    /** (A, R, dim); the bank's own memory. */
    Tensor embeddings() {
        return embeddings;
    }

    /** (R) of int64; the bank's own memory. */
    Tensor images() {
        return images;
    }

    /** A, the number of crops. */
    long crops() {
        return embeddings.size(0);
    }

    /** R, the number of visits in an epoch. */
    long rows() {
        return images.size(0);
    }

    /**
     * Overwrites the embeddings of a batch.
     *
     * @param row of the first of its visits
     * @param visited N places in the data set, of int64
     * @param crops (N, dim) for each of the A crops, rows of length 1
     */
    void write(long row, Tensor visited, List<Tensor> crops) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long N = visited.size(0);
            images.narrow(0, row, N).copy_(visited);
            for (int a = 0; a < crops.size(); a++) {
                embeddings.select(0, a).narrow(0, row, N).copy_(crops.get(a));
            }
        }
    }

    @Override
    public void close() {
        embeddings.close();
        images.close();
    }
}
