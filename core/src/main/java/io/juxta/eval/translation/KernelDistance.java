package io.juxta.eval.translation;

import io.juxta.image.Draws;
import io.juxta.torch.Computing;
import java.util.Arrays;
import java.util.Locale;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The kernel distance of two sets of features: the unbiased estimate of the squared maximum mean discrepancy with the
 * kernel (x·y / D + 1)^3, over subsets drawn without replacement. Bińkowski et al., 2018, "Demystifying MMD GANs",
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
@API(status = API.Status.EXPERIMENTAL)
public record KernelDistance(double mean, double deviation, int subsets, int subsetSize) {
    /** Values of the kernel at once, 32 MB. */
    private static final long BLOCK = 1 << 22;

    /** Subsets that are at most measured together. */
    private static final int GROUP = 100;

    /**
     * Compares two sets. Memory beyond them is 64 MB and two subsets in float64; or both sets in float64, where they are
     * not more than ten times a subset.
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
        int group = Math.min(GROUP, distances.length);
        // the kernel of all images once is less work than that of each subset, as long as these overlap enough
        boolean overlap = Math.max(first.size(0), second.size(0)) <= size * Math.sqrt(group);
        int step = overlap ? group : 1;
        for (int from = 0; from < distances.length; from += step) {
            try (Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                int count = Math.min(step, distances.length - from);
                Subsets x = Subsets.draw(first, size, options.seed(), 0, from, count);
                Subsets y = Subsets.draw(second, size, options.seed(), 1, from, count);
                System.arraycopy(discrepancies(x, y, size), 0, distances, from, count);
            }
        }
        double mean = Arrays.stream(distances).average().orElseThrow();
        double variance = Arrays.stream(distances)
                .map(distance -> (distance - mean) * (distance - mean))
                .average()
                .orElseThrow();
        return new KernelDistance(mean, Math.sqrt(variance), distances.length, size);
    }

    /**
     * Some features and which subsets they are in.
     *
     * @param rows float64 (R, D), those that are in any
     * @param members float64 (R, S), 1 where a feature is in a subset
     */
    private record Subsets(Tensor rows, Tensor members) {
        /** Draws the subsets {@code from} to {@code from + count - 1} of the set that is {@code side} 0 or 1. */
        static Subsets draw(Tensor features, int size, long seed, int side, int from, int count) {
            int N = Math.toIntExact(features.size(0));
            double[] members = new double[N * count];
            for (int subset = 0; subset < count; subset++) {
                int[] order = Draws.of(seed, from + subset, 0, side).permutation(N);
                for (int i = 0; i < size; i++) {
                    members[order[i] * count + subset] = 1;
                }
            }
            Tensor all = Tensor.create(members, N, count);
            Tensor used = all.sum(1).nonzero().squeeze(1); // R
            return new Subsets(
                    features.index_select(0, used.to(features.device(), ScalarType.Long))
                            .cpu()
                            .to(ScalarType.Double),
                    all.index_select(0, used));
        }

        long size() {
            return rows.size(0);
        }
    }

    /** The squared discrepancy of each subset of m. */
    private static double[] discrepancies(Subsets x, Subsets y, double m) {
        Tensor within = sums(x, x).sub_(selves(x)).add_(sums(y, y)).sub_(selves(y));
        Tensor distances = within.div_(new Scalar(m * (m - 1))).sub_(sums(x, y).mul_(new Scalar(2 / (m * m))));
        double[] values = new double[Math.toIntExact(distances.numel())];
        distances.data_ptr_double().get(values);
        return values;
    }

    /** The kernel of all pairs of each subset, summed: (S). */
    private static Tensor sums(Subsets x, Subsets y) {
        Tensor sums = torch.zeros(new long[] {x.members().size(1)}, x.members().options());
        long block = Math.max(1, BLOCK / y.size());
        for (long from = 0; from < x.size(); from += block) {
            try (Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope()) {
                long size = Math.min(block, x.size() - from);
                Tensor products = x.rows().narrow(0, from, size).mm(y.rows().t());
                Tensor ofEach = kernel(products, x.rows().size(1)).mm(y.members()); // size x S
                sums.add_(ofEach.mul_(x.members().narrow(0, from, size)).sum(0));
            }
        }
        return sums;
    }

    /** The kernel of each with itself, summed over each subset: (S). */
    private static Tensor selves(Subsets x) {
        Tensor each = kernel(x.rows().mul(x.rows()).sum(1), x.rows().size(1)); // R
        return x.members().t().mv(each);
    }

    private static Tensor kernel(Tensor products, long D) {
        Tensor base = products.div_(new Scalar((double) D)).add_(new Scalar(1.0));
        return base.pow_(new Scalar(3));
    }

    @Override
    public String toString() {
        return subsets == 1
                ? String.format(Locale.ROOT, "%.6f (%d images of each)", mean, subsetSize)
                : String.format(
                        Locale.ROOT, "%.6f (deviation %.6f, %d subsets of %d)", mean, deviation, subsets, subsetSize);
    }
}
