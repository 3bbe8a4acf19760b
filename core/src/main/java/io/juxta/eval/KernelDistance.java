package io.juxta.eval;

import io.juxta.image.Draws;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The kernel distance of two sets of features: the unbiased estimate of the squared maximum mean discrepancy with the
 * kernel (x·y / D + 1)^3, over subsets drawn without replacement. Bińkowski et al. 2018, "Demystifying MMD GANs",
 * sections 2.1 and 4, who call it KID where the features are those of Inception-v3. Computed in float64.
 *
 * <p>Its mean does not depend on the number of images. Being unbiased it is a little below 0 for some samples of the
 * same images, and for a set and itself.
 *
 * <pre>{@code
 * KernelDistance kid = KernelDistance.of(generated, target, KernelOptions.defaults());
 * }</pre>
 *
 * @param mean over the subsets
 * @param deviation standard deviation over the subsets; 0 where one is all there is
 * @param subsets that were drawn; 1 where a subset is all of both sets
 * @param subsetSize images of each set in a subset
 */
public record KernelDistance(double mean, double deviation, int subsets, int subsetSize) {
    /** Values of the kernel at once, 32 MB. */
    private static final long BLOCK = 1 << 22;

    /**
     * Compares two sets. Memory beyond them is that of two subsets in float64 and 64 MB.
     *
     * @param first (N, D)
     * @param second (M, D)
     * @param options subsets have at most min(N, M) images
     * @throws IllegalArgumentException when there are fewer than 2 of one, D differs, or a feature is no number
     */
    public static KernelDistance of(Tensor first, Tensor second, KernelOptions options) {
        FeatureMatrix.check(first);
        FeatureMatrix.check(second);
        FeatureMatrix.checkWidths(first.size(1), second.size(1));
        int size = Math.toIntExact(Math.min(options.subsetSize(), Math.min(first.size(0), second.size(0))));
        boolean whole = size == first.size(0) && size == second.size(0);
        double[] distances = new double[whole ? 1 : options.subsets()];
        for (int subset = 0; subset < distances.length; subset++) {
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Tensor x = drawn(first, size, Draws.of(options.seed(), subset, 0, 0));
                Tensor y = drawn(second, size, Draws.of(options.seed(), subset, 0, 1));
                distances[subset] = discrepancy(x, y);
            }
        }
        double mean = Arrays.stream(distances).average().orElseThrow();
        double variance = Arrays.stream(distances)
                .map(distance -> (distance - mean) * (distance - mean))
                .average()
                .orElseThrow();
        return new KernelDistance(mean, Math.sqrt(variance), distances.length, size);
    }

    /** Some of the features, float64 (m, D); in the set's order where it is all of them. */
    private static Tensor drawn(Tensor features, int size, Draws draws) {
        int N = Math.toIntExact(features.size(0));
        Tensor chosen = features;
        if (size < N) {
            long[] rows =
                    Arrays.stream(draws.permutation(N), 0, size).asLongStream().toArray();
            chosen = features.index_select(0, Tensor.create(rows, size).to(features.device(), ScalarType.Long));
        }
        return chosen.cpu().to(ScalarType.Double);
    }

    private static double discrepancy(Tensor x, Tensor y) {
        double m = x.size(0);
        double within = (sum(x, x) - self(x) + sum(y, y) - self(y)) / (m * (m - 1));
        return within - 2 * sum(x, y) / (m * m);
    }

    /** The kernel of all pairs, summed. */
    private static double sum(Tensor x, Tensor y) {
        long rows = Math.max(1, BLOCK / y.size(0));
        double sum = 0;
        for (long from = 0; from < x.size(0); from += rows) {
            try (PointerScope scope = new PointerScope()) {
                Tensor some = x.narrow(0, from, Math.min(rows, x.size(0) - from));
                sum += kernel(some.mm(y.t()), x.size(1)); // rows x m
            }
        }
        return sum;
    }

    /** The kernel of each with itself, summed. */
    private static double self(Tensor x) {
        return kernel(x.mul(x).sum(1), x.size(1));
    }

    private static double kernel(Tensor products, long D) {
        Tensor base = products.div(new Scalar((double) D)).add_(new Scalar(1.0));
        return base.pow(new Scalar(3)).sum().item_double();
    }

    @Override
    public String toString() {
        return subsets == 1
                ? String.format(Locale.ROOT, "%.6f (%d images of each)", mean, subsetSize)
                : String.format(
                        Locale.ROOT, "%.6f (deviation %.6f, %d subsets of %d)", mean, deviation, subsets, subsetSize);
    }
}
