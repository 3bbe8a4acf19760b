package io.juxta.train.embedding;

import io.juxta.distributed.Communicator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * k-means by cosine (Caron et al., 2020, appendix on DeepCluster-v2): every point belongs to the centroid of the largest
 * dot product, every centroid becomes the mean of its points, brought to length 1. A centroid without points stays
 * where it is. Similarities are computed for some rows at a time, so that the N x K of them never exist at once.
 */
@API(status = API.Status.INTERNAL)
public final class SphericalKMeans {
    /** Similarities that exist at once: 64 MiB of float32. */
    private static final long AT_ONCE = 1L << 24;

    private SphericalKMeans() {}

    /**
     * @param points (N, dim), rows of length 1
     * @param centroids (K, dim), where to begin; overwritten by the result
     * @param assignments (N) of int64; overwritten by the index of each point's centroid
     * @param iterations rounds of assigning and averaging, after which points are assigned once more: 10 in the original
     */
    public static void run(Tensor points, Tensor centroids, Tensor assignments, int iterations) {
        run(points, centroids, assignments, iterations, Communicator.single());
    }

    /** The same over several processes, each with some of the points; all begin at the same centroids. */
    public static void run(
            Tensor points, Tensor centroids, Tensor assignments, int iterations, Communicator communicator) {
        run(points, centroids, assignments, iterations, communicator, Math.max(1, AT_ONCE / centroids.size(0)));
    }

    /** @param chunk rows of points at a time */
    static void run(
            Tensor points,
            Tensor centroids,
            Tensor assignments,
            int iterations,
            Communicator communicator,
            long chunk) {
        try (NoGradGuard guard = new NoGradGuard()) {
            for (int i = 0; i < iterations; i++) {
                assign(points, centroids, assignments, chunk);
                average(points, centroids, assignments, communicator, chunk);
            }
            assign(points, centroids, assignments, chunk);
        }
    }

    private static void assign(Tensor points, Tensor centroids, Tensor assignments, long chunk) {
        for (long row = 0; row < points.size(0); row += chunk) {
            try (PointerScope scope = new PointerScope()) {
                long rows = Math.min(chunk, points.size(0) - row);
                Tensor similarities = points.narrow(0, row, rows).mm(centroids.t()); // rows x K
                assignments.narrow(0, row, rows).copy_(similarities.argmax(new LongOptional(1), false));
            }
        }
    }

    private static void average(
            Tensor points, Tensor centroids, Tensor assignments, Communicator communicator, long chunk) {
        try (PointerScope scope = new PointerScope()) {
            long K = centroids.size(0);
            Tensor sums = torch.zeros_like(centroids); // K x dim
            for (long row = 0; row < points.size(0); row += chunk) {
                long rows = Math.min(chunk, points.size(0) - row);
                sums.index_add_(0, assignments.narrow(0, row, rows), points.narrow(0, row, rows));
            }
            Tensor counts = torch.bincount(assignments, new TensorOptional(), K)
                    .to(points.scalar_type())
                    .unsqueeze(1); // K x 1
            communicator.sum(sums);
            communicator.sum(counts);
            Tensor means = sums.div(counts.clamp_min(new Scalar(1)));
            centroids.copy_(torch.normalize(torch.where(counts.gt(new Scalar(0)), means, centroids)));
        }
    }

    /** N places for assignments, on a device. */
    public static Tensor places(long N, Tensor like) {
        return torch.zeros(N).to(like.device(), ScalarType.Long);
    }
}
