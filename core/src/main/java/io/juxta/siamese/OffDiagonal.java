package io.juxta.siamese;

import org.bytedeco.pytorch.Tensor;

/** What of a square matrix is not on its diagonal. */
final class OffDiagonal {
    private OffDiagonal() {}

    /**
     * A view of it.
     *
     * @param matrix (D, D), contiguous, D at least 2
     * @return (D - 1, D)
     */
    static Tensor of(Tensor matrix) {
        long D = matrix.size(0);
        // behind each diagonal element stand D others before the next
        return matrix.reshape(-1).narrow(0, 0, D * D - 1).view(D - 1, D + 1).narrow(1, 1, D);
    }
}
