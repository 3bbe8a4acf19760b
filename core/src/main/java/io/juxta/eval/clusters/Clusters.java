package io.juxta.eval.clusters;

import io.juxta.train.Stop;
import io.juxta.train.embedding.SphericalKMeans;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Images in groups of like ones, found without labels: k-means by cosine, begun by k-means++ (Arthur and Vassilvitskii, 2007),
 * so that the groups' first members lie apart. The same embeddings, K and seed give the same.
 *
 * @param of N images: the number of each one's cluster, the largest being 0
 * @param sizes of the clusters, falling; none is empty, so that they are fewer than were asked for where fewer embeddings differ
 * @param middles the image of each cluster that is nearest to its mean
 */
@API(status = API.Status.EXPERIMENTAL)
public record Clusters(List<Integer> of, List<Integer> sizes, List<Integer> middles) {
    /** Of {@link #usual}, and about as many as people tell apart. */
    private static final int MOST_USUAL = 50;

    /** Averages between two looks at whether anything still changes. */
    private static final int ITERATIONS = 5;

    /** Looks; 10 x 5 averages are more than such groups mostly take. */
    public static final int ROUNDS = 10;

    /** Of embeddings that are the same, rounding aside. */
    private static final double SAME = 1e-6;

    private static final int ROWS = 8192;

    /**
     * Checks that each cluster has its size and its middle.
     *
     * @throws IllegalArgumentException when they do not fit together
     */
    public Clusters {
        of = List.copyOf(of);
        sizes = List.copyOf(sizes);
        middles = List.copyOf(middles);
        int[] counted =
                ClusterUsage.sizes(of.stream().mapToInt(Integer::intValue).toArray(), sizes.size());
        for (int k = 0; k < counted.length; k++) {
            boolean falls = k == 0 || counted[k] <= counted[k - 1];
            if (counted[k] < 1 || counted[k] != sizes.get(k) || !falls || middles.size() != counted.length) {
                throw new IllegalArgumentException(
                        "cluster " + k + " of " + counted[k] + " images is given as one of " + sizes.get(k));
            }
            if (of.get(middles.get(k)) != k) {
                throw new IllegalArgumentException("the middle of cluster " + k + " lies in another");
            }
        }
    }

    /** About sqrt(N / 2), from 1 to 50: groups large enough to be worth a look, and few enough to look at all of them. */
    public static int usual(int images) {
        return (int) Math.max(1, Math.min(MOST_USUAL, Math.round(Math.sqrt(images / 2.0))));
    }

    /**
     * Finds them. Memory is that of the embeddings once more, time {@code O(N K D)} a round.
     *
     * @param values float32 (N, D) on the CPU, of any length, N at least 1
     * @param K clusters, from 1 to N
     * @param seed of where the clusters begin
     * @param progress is told of each of {@link #ROUNDS} rounds, of which the last may be left out
     * @throws InterruptedIOException when this thread is interrupted
     */
    public static Clusters of(Tensor values, int K, long seed, IntConsumer progress) throws InterruptedIOException {
        int n = Math.toIntExact(values.size(0));
        if (K < 1 || K > n) {
            throw new IllegalArgumentException(K + " clusters of " + n + " images must be from 1 to " + n);
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor unit = torch.normalize(values); // N x D
            Tensor centroids = unit.index_select(0, Tensor.create(beginnings(unit, K, seed))); // K x D
            Tensor places = SphericalKMeans.places(n, unit);
            long[] before = new long[0];
            for (int round = 0; round < ROUNDS; round++) {
                Stop.ifInterrupted();
                SphericalKMeans.run(unit, centroids, places, ITERATIONS);
                progress.accept(1);
                long[] now = new long[n];
                places.data_ptr_long().get(now);
                if (Arrays.equals(now, before)) {
                    break;
                }
                before = now;
            }
            return ordered(before, cosines(unit, centroids, places), K);
        }
    }

    /**
     * Images that lie apart: of some drawn by the square of their distance from the nearest of those before, the one that
     * leaves the least of it, as is usual (greedy k-means++).
     */
    static long[] beginnings(Tensor unit, int K, long seed) throws InterruptedIOException {
        SplittableRandom random = new SplittableRandom(seed);
        double[] far = new double[Math.toIntExact(unit.size(0))];
        Arrays.fill(far, 1);
        long[] chosen = new long[K];
        for (int k = 0; k < K; k++) {
            Stop.ifInterrupted();
            long[] drawn = new long[k == 0 ? 1 : 2 + (int) Math.log(K)];
            for (int t = 0; t < drawn.length; t++) {
                drawn[t] = drawn(far, random.nextDouble());
            }
            if (drawn[0] < 0) {
                return Arrays.copyOf(chosen, k); // all the others are the same as one of these
            }
            double[][] left = left(unit, far, drawn, k == 0);
            int best = 0;
            for (int t = 1; t < drawn.length; t++) {
                best = Arrays.stream(left[t]).sum() < Arrays.stream(left[best]).sum() ? t : best;
            }
            chosen[k] = drawn[best];
            far = left[best];
        }
        return chosen;
    }

    /** Half the square of each image's distance from the nearest, were one of those drawn taken; 0 where it is the same. */
    private static double[][] left(Tensor unit, double[] far, long[] drawn, boolean isFirst) {
        float[] cosines = new float[far.length * drawn.length];
        try (PointerScope scope = new PointerScope()) {
            unit.mm(unit.index_select(0, Tensor.create(drawn)).t())
                    .contiguous()
                    .data_ptr_float()
                    .get(cosines);
        }
        double[][] left = new double[drawn.length][far.length];
        for (int t = 0; t < drawn.length; t++) {
            for (int i = 0; i < far.length; i++) {
                double apart = Math.max(0, 1 - cosines[i * drawn.length + t]);
                double least = isFirst ? apart : Math.min(far[i], apart);
                left[t][i] = i == drawn[t] || least < SAME ? 0 : least;
            }
        }
        return left;
    }

    /** The place where a share of the weights' sum is reached; -1 where they are all 0. */
    private static int drawn(double[] weights, double share) {
        double left = share * Arrays.stream(weights).sum();
        int last = -1;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }

    /** Of each image and its centroid. */
    private static float[] cosines(Tensor unit, Tensor centroids, Tensor places) {
        float[] cosines = new float[Math.toIntExact(unit.size(0))];
        for (int from = 0; from < cosines.length; from += ROWS) {
            try (PointerScope scope = new PointerScope()) {
                int count = Math.min(ROWS, cosines.length - from);
                float[] some = new float[count];
                unit.narrow(0, from, count)
                        .mul(centroids.index_select(0, places.narrow(0, from, count)))
                        .sum(1)
                        .data_ptr_float()
                        .get(some);
                System.arraycopy(some, 0, cosines, from, count);
            }
        }
        return cosines;
    }

    /** The largest first, of equally large ones that of the first image; those without an image are left out. */
    private static Clusters ordered(long[] places, float[] cosines, int K) {
        int[] sizes = new int[K];
        int[] first = new int[K];
        int[] middles = new int[K];
        for (int i = places.length - 1; i >= 0; i--) {
            int k = (int) places[i];
            middles[k] = sizes[k] == 0 || cosines[i] >= cosines[middles[k]] ? i : middles[k];
            first[k] = i;
            sizes[k]++;
        }
        List<Integer> order = IntStream.range(0, K)
                .filter(k -> sizes[k] > 0)
                .boxed()
                .sorted(Comparator.comparingInt((Integer k) -> -sizes[k]).thenComparingInt(k -> first[k]))
                .toList();
        return new Clusters(
                Arrays.stream(places).mapToObj(k -> order.indexOf((int) k)).toList(),
                order.stream().map(k -> sizes[k]).toList(),
                order.stream().map(k -> middles[k]).toList());
    }
}
