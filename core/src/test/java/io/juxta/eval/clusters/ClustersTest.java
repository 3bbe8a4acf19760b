package io.juxta.eval.clusters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.torch.Torch;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clusters by what they must be, their beginnings and ends against plain loops. */
class ClustersTest {
    private static final int WIDTH = 6;

    /** Directions about some axes, of any length: of the first the most. */
    private static float[][] groups(int... sizes) {
        SplittableRandom random = new SplittableRandom(5);
        int n = Arrays.stream(sizes).sum();
        float[][] rows = new float[n][WIDTH];
        int at = 0;
        for (int group = 0; group < sizes.length; group++) {
            for (int i = 0; i < sizes[group]; i++, at++) {
                float length = (float) random.nextDouble(0.1, 30);
                for (int d = 0; d < WIDTH; d++) {
                    rows[at][d] = length * ((d == group ? 2f : 0f) + (float) random.nextDouble(-0.3, 0.3));
                }
            }
        }
        return rows;
    }

    private static Clusters clusters(float[][] rows, int K, long seed) throws InterruptedIOException {
        float[] flat = new float[rows.length * WIDTH];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * WIDTH, WIDTH);
        }
        try (PointerScope scope = new PointerScope()) {
            return Clusters.of(Tensor.create(flat, rows.length, WIDTH), K, seed, done -> {});
        }
    }

    private static double[] unit(float[] row) {
        double norm = Math.sqrt(IntStream.range(0, WIDTH)
                .mapToDouble(d -> row[d] * (double) row[d])
                .sum());
        return IntStream.range(0, WIDTH).mapToDouble(d -> row[d] / norm).toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, WIDTH).mapToDouble(d -> a[d] * b[d]).sum();
    }

    @Test
    void groupsAreFoundTheLargestFirst() throws InterruptedIOException {
        float[][] rows = groups(20, 70, 40);
        Clusters found = clusters(rows, 3, 1);
        assertThat(found.sizes()).containsExactly(70, 40, 20);
        assertThat(found.of().subList(0, 20)).containsOnly(2);
        assertThat(found.of().subList(20, 90)).containsOnly(0);
        assertThat(found.of().subList(90, 130)).containsOnly(1);
    }

    /** Every image is nearest to the mean of its own cluster, and the middle is the nearest of all: by plain loops. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5})
    void nothingWouldChange(long seed) throws InterruptedIOException {
        float[][] rows = groups(31, 17, 60, 9);
        Clusters found = clusters(rows, 7, seed);
        double[][] means = new double[found.sizes().size()][WIDTH];
        for (int i = 0; i < rows.length; i++) {
            double[] row = unit(rows[i]);
            for (int d = 0; d < WIDTH; d++) {
                means[found.of().get(i)][d] += row[d];
            }
        }
        for (double[] mean : means) {
            double norm = Math.sqrt(dot(mean, mean));
            Arrays.setAll(mean, d -> mean[d] / norm);
        }
        double[] best = new double[means.length];
        for (int i = 0; i < rows.length; i++) {
            int own = found.of().get(i);
            double cosine = dot(unit(rows[i]), means[own]);
            for (double[] mean : means) {
                assertThat(dot(unit(rows[i]), mean)).isLessThanOrEqualTo(cosine + 1e-6);
            }
            best[own] = Math.max(best[own], cosine);
        }
        for (int k = 0; k < best.length; k++) {
            assertThat(dot(unit(rows[found.middles().get(k)]), means[k])).isGreaterThan(best[k] - 1e-6);
        }
    }

    /** The next beginning is drawn by how far each is from the nearest of those before: as plain loops draw it. */
    @Test
    void beginningsLieApart() throws InterruptedIOException {
        float[][] rows = groups(12, 12, 12);
        long[] slow = new long[8];
        SplittableRandom random = new SplittableRandom(9);
        for (int k = 0; k < slow.length; k++) {
            double[] far = far(rows, Arrays.copyOf(slow, k));
            double least = Double.POSITIVE_INFINITY;
            for (int trial = 0; trial < (k == 0 ? 1 : 4); trial++) { // 2 + ln 8
                double left = random.nextDouble() * Arrays.stream(far).sum();
                int drawn = 0;
                while (left >= far[drawn]) {
                    left -= far[drawn++];
                }
                long[] with = Arrays.copyOf(slow, k + 1);
                with[k] = drawn;
                double remains = Arrays.stream(far(rows, with)).sum();
                if (remains < least) {
                    least = remains;
                    slow[k] = drawn;
                }
            }
        }
        float[] flat = new float[rows.length * WIDTH];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * WIDTH, WIDTH);
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor unit = torch.normalize(Tensor.create(flat, rows.length, WIDTH));
            assertThat(Clusters.beginnings(unit, slow.length, 9)).containsExactly(slow);
        }
    }

    /** Of each row from the nearest of some. */
    private static double[] far(float[][] rows, long[] chosen) {
        double[] far = new double[rows.length];
        for (int i = 0; i < far.length; i++) {
            far[i] = 1;
            for (int before = 0; before < chosen.length; before++) {
                double apart = chosen[before] == i ? 0 : 1 - dot(unit(rows[i]), unit(rows[(int) chosen[before]]));
                far[i] = before == 0 ? apart : Math.min(far[i], apart);
            }
        }
        return far;
    }

    @Test
    void theSameSeedGivesTheSameOnAnyNumberOfThreads() throws InterruptedIOException {
        float[][] rows = groups(500, 300, 200, 100, 50);
        Clusters one = clusters(rows, 12, 7);
        Torch.threads(2);
        try {
            assertThat(clusters(rows, 12, 7)).isEqualTo(one);
        } finally {
            Torch.threads(1);
        }
        assertThat(clusters(rows, 12, 8)).isNotEqualTo(one);
    }

    @Test
    void ofTheSameImagesThereIsOneCluster() throws InterruptedIOException {
        float[][] same = new float[40][];
        Arrays.fill(same, groups(1)[0]);
        assertThat(clusters(same, 4, 0).sizes()).containsExactly(40);
        same[7] = groups(1, 1)[1];
        assertThat(clusters(same, 4, 0).sizes()).containsExactly(39, 1);
        float[][] nothing = new float[3][WIDTH];
        assertThat(clusters(nothing, 2, 0).of()).hasSize(3);
        assertThat(clusters(groups(1), 1, 0)).isEqualTo(new Clusters(List.of(0), List.of(1), List.of(0)));
    }

    @Test
    void howManyThereAreUsually() {
        assertThat(IntStream.of(1, 2, 8, 36, 5000, 100_000).map(Clusters::usual))
                .containsExactly(1, 1, 2, 4, 50, 50);
        assertThatThrownBy(() -> clusters(groups(3), 4, 0)).hasMessage("4 clusters of 3 images must be from 1 to 3");
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        assertThatThrownBy(() -> new Clusters(List.of(0, 1, 1), List.of(1, 2), List.of(0, 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Clusters(List.of(0, 0, 1), List.of(2, 1), List.of(2, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Clusters(List.of(0, 5), List.of(2), List.of(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void interruptionEndsIt() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> clusters(groups(30, 30), 2, 0)).isInstanceOf(InterruptedIOException.class);
    }
}
