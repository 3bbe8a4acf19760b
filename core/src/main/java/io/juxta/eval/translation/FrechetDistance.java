package io.juxta.eval.translation;

import java.util.Locale;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The Fréchet distance of two sets of features, each taken for a Gaussian: |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^1/2),
 * Heusel et al., 2017, "GANs Trained by a Two Time-Scale Update Rule", section 3, who call it FID where the features are
 * those of Inception-v3. Computed in float64.
 *
 * <p>It is biased: of two small samples of the same images it is far from 0, and the more so the smaller N is against D
 * (Bińkowski et al., 2018, section 4). Compare only figures of the same features and about the same N; with N below some
 * thousands rather take {@link KernelDistance}.
 *
 * <pre>{@code
 * double distance = FrechetDistance.of(generated, target).value();
 * }</pre>
 *
 * @param value at least 0; 0 where mean and covariance are the same
 * @param first N of the one set
 * @param second N of the other
 * @param width D
 */
@API(status = API.Status.EXPERIMENTAL)
public record FrechetDistance(double value, long first, long second, long width) {
    /**
     * Compares two sets. Works with singular covariances, so with any N from 2. Memory is at most 5 D x D float64 beyond
     * the features.
     *
     * @param first (N, D)
     * @param second (M, D)
     * @throws IllegalArgumentException when there are fewer than 2 of one, D differs, or a feature is no number
     */
    public static FrechetDistance of(Tensor first, Tensor second) {
        try (Gaussian a = Gaussian.of(first);
                Gaussian b = Gaussian.of(second)) {
            return of(a, b);
        }
    }

    static FrechetDistance of(Gaussian a, Gaussian b) {
        FeatureMatrix.checkWidths(a.width(), b.width());
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor shift = a.mean().sub(b.mean());
            double means = shift.mul(shift).sum().item_double();
            double spread = a.trace() + b.trace() - 2 * traceOfRoot(a.root(), b.root());
            return new FrechetDistance(Math.max(0, means + spread), a.count(), b.count(), a.width());
        }
    }

    /**
     * tr (S1 S2)^1/2 for S1 = A^T A and S2 = B^T B: the squares of the singular values of A B^T are the eigenvalues of
     * S1 S2 that are not 0. No product of covariances is formed, whose small eigenvalues round-off would drown.
     */
    private static double traceOfRoot(Tensor a, Tensor b) {
        if (a.size(0) == 0 || b.size(0) == 0) { // a set without any spread
            return 0;
        }
        return torch.linalg_svdvals(a.mm(b.t())).sum().item_double();
    }

    /** Whether a set is too small for its covariance to have full rank, min(N, M) at most D. */
    public boolean isSingular() {
        return Math.min(first, second) <= width;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.4f (N %d and %d, D %d%s)",
                value,
                first,
                second,
                width,
                isSingular() ? ": N not above D, biased upwards" : "");
    }
}
