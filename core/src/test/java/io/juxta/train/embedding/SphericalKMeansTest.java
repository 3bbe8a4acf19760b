package io.juxta.train.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
import io.juxta.distributed.Communicator;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Spherical k-means against plain loops. */
class SphericalKMeansTest {
    @RepeatedTest(20)
    void clustersAsPlainLoops(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int N = 3 + random.nextInt(60);
        int K = 1 + random.nextInt(Math.min(N, 8));
        int dim = 2 + random.nextInt(5);
        double[][] points = directions(random, N, dim);
        double[][] centroids = Arrays.copyOf(points, K);
        int iterations = random.nextInt(12);
        try (PointerScope scope = new PointerScope()) {
            Tensor x = Tensor.create(flat(points), N, dim);
            Tensor c = Tensor.create(flat(centroids), K, dim);
            Tensor assignments = SphericalKMeans.places(N, x);

            SphericalKMeans.run(x, c, assignments, iterations, Communicator.single(), 1 + random.nextInt(2 * N));

            long[] expected = slow(points, centroids = copy(centroids), iterations);
            assertThat(Goldens.whole(assignments)).containsExactly(expected);
            assertThat(Goldens.values(c)).containsExactly(flat(centroids), within(1e-12));
        }
    }

    /** Three equal points and three equal centroids: all go to the first, the others stay where they are. */
    @Test
    void centroidsWithoutPointsStay() {
        try (PointerScope scope = new PointerScope()) {
            Tensor points = Tensor.create(new double[] {1, 0, 1, 0, 1, 0}, 3, 2);
            Tensor centroids = Tensor.create(new double[] {0.8, 0.6, 0.6, 0.8, 0, 1}, 3, 2);
            Tensor assignments = SphericalKMeans.places(3, points);
            SphericalKMeans.run(points, centroids, assignments, 4);
            assertThat(Goldens.whole(assignments)).containsOnly(0);
            Goldens.values(centroids, 1e-15, 1, 0, 0.6, 0.8, 0, 1);
        }
    }

    private static long[] slow(double[][] points, double[][] centroids, int iterations) {
        long[] assigned = nearest(points, centroids);
        for (int i = 0; i < iterations; i++) {
            for (int k = 0; k < centroids.length; k++) {
                double[] sum = new double[points[0].length];
                int count = 0;
                for (int n = 0; n < points.length; n++) {
                    if (assigned[n] == k) {
                        count++;
                        for (int d = 0; d < sum.length; d++) {
                            sum[d] += points[n][d];
                        }
                    }
                }
                double[] next = count == 0 ? centroids[k] : sum;
                double norm = Math.sqrt(Arrays.stream(next).map(v -> v * v).sum());
                centroids[k] = Arrays.stream(next).map(v -> v / norm).toArray();
            }
            assigned = nearest(points, centroids);
        }
        return assigned;
    }

    private static long[] nearest(double[][] points, double[][] centroids) {
        long[] nearest = new long[points.length];
        for (int n = 0; n < points.length; n++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < centroids.length; k++) {
                double dot = 0;
                for (int d = 0; d < points[n].length; d++) {
                    dot += points[n][d] * centroids[k][d];
                }
                if (dot > best) {
                    best = dot;
                    nearest[n] = k;
                }
            }
        }
        return nearest;
    }

    private static double[][] directions(Random random, int N, int dim) {
        double[][] points = new double[N][dim];
        for (double[] point : points) {
            double square = 0;
            for (int d = 0; d < dim; d++) {
                point[d] = random.nextGaussian();
                square += point[d] * point[d];
            }
            for (int d = 0; d < dim; d++) {
                point[d] /= Math.sqrt(square);
            }
        }
        return points;
    }

    private static double[][] copy(double[][] rows) {
        return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }
}
