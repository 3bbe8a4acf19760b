package io.juxta.eval.translation;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The Gaussian with the mean and the covariance of features, in float64 on the CPU.
 *
 * @param count N
 * @param mean (D)
 * @param root (R, D), R at most min(N, D): {@code root^T root} is the covariance, of divisor N - 1
 */
record Gaussian(long count, Tensor mean, Tensor root) implements AutoCloseable {
    /** Values that are float64 at once, 32 MB. */
    private static final long BLOCK = 1 << 22;

    /**
     * Of N features, in memory of min(N, D) x D beyond them.
     *
     * @param features (N, D)
     * @throws IllegalArgumentException when N is below 2 or a feature is no number
     */
    static Gaussian of(Tensor features) {
        FeatureMatrix.check(features);
        Tensor mean = new Tensor();
        Tensor root = new Tensor();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            mean.put(mean(features));
            long N = features.size(0);
            root.put(N <= features.size(1) ? rows(features, mean) : root(covariance(features, mean)));
            return new Gaussian(N, mean, root);
        }
    }

    /** D. */
    long width() {
        return mean.size(0);
    }

    /** The trace of the covariance. */
    double trace() {
        try (PointerScope scope = new PointerScope()) {
            return root.mul(root).sum().item_double();
        }
    }

    @Override
    public void close() {
        mean.close();
        root.close();
    }

    private static Tensor mean(Tensor features) {
        Tensor sum = torch.zeros(new long[] {features.size(1)}).to(ScalarType.Double);
        long rows = rowsOfBlock(features);
        for (long from = 0; from < features.size(0); from += rows) {
            try (PointerScope scope = new PointerScope()) {
                sum.add_(block(features, from, rows).sum(0));
            }
        }
        return sum.div(new Scalar((double) features.size(0)));
    }

    /** Of few features the deviations themselves: exact, and no matrix of D x D. */
    private static Tensor rows(Tensor features, Tensor mean) {
        double scale = 1 / Math.sqrt(features.size(0) - 1.0);
        return block(features, 0, features.size(0)).sub(mean).mul(new Scalar(scale)); // N x D
    }

    private static Tensor covariance(Tensor features, Tensor mean) {
        long D = features.size(1);
        Tensor sum = torch.zeros(D, D).to(ScalarType.Double);
        long rows = rowsOfBlock(features);
        for (long from = 0; from < features.size(0); from += rows) {
            try (PointerScope scope = new PointerScope()) {
                Tensor deviations = block(features, from, rows).sub(mean);
                sum.addmm_(deviations.t(), deviations);
            }
        }
        return sum.div(new Scalar(features.size(0) - 1.0));
    }

    /** By the eigenvalues; of those that round-off alone makes, even negative ones, none is taken. */
    private static Tensor root(Tensor covariance) {
        T_TensorTensor_T eigen = torch.linalg_eigh(covariance);
        Tensor values = eigen.get0(); // rising
        long D = values.size(0);
        double largest = values.select(0, -1).item_double();
        long taken = largest > 0
                ? values.gt(new Scalar(D * Math.ulp(1.0) * largest)).sum().item_long()
                : 0;
        Tensor vectors = eigen.get1().narrow(1, D - taken, taken);
        return values.narrow(0, D - taken, taken).sqrt().unsqueeze(1).mul(vectors.t()); // R x D
    }

    private static long rowsOfBlock(Tensor features) {
        return Math.max(1, BLOCK / features.size(1));
    }

    private static Tensor block(Tensor features, long from, long rows) {
        return features.narrow(0, from, Math.min(rows, features.size(0) - from))
                .cpu()
                .to(ScalarType.Double);
    }
}
