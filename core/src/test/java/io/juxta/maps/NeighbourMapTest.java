package io.juxta.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.eval.neighbours.Neighbours;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The map of neighbours against what its definition says of memberships, and by what it must keep. */
class NeighbourMapTest {
    private static final int WIDTH = 6;
    private static final int GROUPS = 3;

    /** Directions about three axes. */
    private static float[] features(int count) {
        SplittableRandom random = new SplittableRandom(3);
        float[] features = new float[count * WIDTH];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        for (int i = 0; i < count; i++) {
            features[i * WIDTH + i % GROUPS] += 2;
        }
        return features;
    }

    private static Neighbours neighbours(float[] features, int k) throws InterruptedIOException {
        try (PointerScope scope = new PointerScope()) {
            return Neighbours.of(Tensor.create(features).view(-1, WIDTH), k, done -> {});
        }
    }

    private static double[] start(int count) {
        SplittableRandom random = new SplittableRandom(4);
        return random.doubles(2L * count, -1, 1).toArray();
    }

    @Test
    void theSameSeedGivesTheSameMapOnAnyNumberOfThreads() throws InterruptedIOException {
        int count = 1200; // more than two blocks of points
        Neighbours near = neighbours(features(count), 3);
        AtomicInteger epochs = new AtomicInteger();
        double[] one = NeighbourMap.layout(near, start(count), 7, 1, epochs::addAndGet);
        assertThat(epochs).hasValue(NeighbourMap.epochs(count));
        assertThat(NeighbourMap.layout(near, start(count), 7, 3, done -> {})).containsExactly(one);
        assertThat(NeighbourMap.layout(near, start(count), 8, 3, done -> {})).isNotEqualTo(one);
    }

    /** However the points begin: of a point's nearest on the map nearly all are of its group. */
    @Test
    void groupsStayTogether() throws InterruptedIOException {
        int count = 300;
        double[] map = NeighbourMap.layout(
                neighbours(features(count), NeighbourMap.NEIGHBOURS), start(count), 0, 2, done -> {});
        int own = 0;
        for (int i = 0; i < count; i++) {
            own += nearest(map, i) % GROUPS == i % GROUPS ? 1 : 0;
        }
        assertThat(own).isGreaterThan(295);
        assertThat(Arrays.stream(map).map(Math::abs).max().orElse(0)).isBetween(3.0, 100.0);
    }

    private static int nearest(double[] map, int i) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < map.length / 2; j++) {
            double far = Math.hypot(map[2 * i] - map[2 * j], map[2 * i + 1] - map[2 * j + 1]);
            if (j != i && far < least) {
                best = j;
                least = far;
            }
        }
        return best;
    }

    @Test
    void membershipsSumToTheLogarithmOfTheirNumber() throws InterruptedIOException {
        int k = 15;
        Neighbours near = neighbours(features(200), k);
        float[] own = new float[200 * k];
        for (int i = 0; i < 200; i++) {
            FuzzyGraph.memberships(near, i, own);
            double sum = 0;
            for (int j = 0; j < k; j++) {
                sum += own[i * k + j];
            }
            assertThat(own[i * k]).isEqualTo(1);
            assertThat(sum).isCloseTo(4, within(1e-4));
        }
    }

    /** Either of two may say so: a + b - ab, the same from both ends, against a table of all pairs. */
    @Test
    void theGraphIsSymmetric() throws InterruptedIOException {
        int n = 60;
        int k = 4;
        Neighbours near = neighbours(features(n), k);
        float[] own = new float[n * k];
        double[][] said = new double[n][n];
        for (int i = 0; i < n; i++) {
            FuzzyGraph.memberships(near, i, own);
            for (int j = 0; j < k; j++) {
                said[i][near.place(i, j)] = own[i * k + j];
            }
        }
        try (Blocks blocks = new Blocks(n, 2)) {
            FuzzyGraph graph = FuzzyGraph.of(near, blocks);
            int edges = 0;
            for (int i = 0; i < n; i++) {
                for (int edge = graph.first(i); edge < graph.first(i + 1); edge++) {
                    int j = graph.neighbour(edge);
                    double expected = said[i][j] + said[j][i] - said[i][j] * said[j][i];
                    assertThat((double) graph.membership(edge)).isCloseTo(expected, within(1e-6));
                    edges++;
                }
            }
            int pairs = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    pairs += said[i][j] > 0 || said[j][i] > 0 ? 1 : 0;
                }
            }
            assertThat(edges).isEqualTo(pairs);
        }
    }

    @Test
    void anEdgeIsDueAsOftenAsItsMembershipSays() throws InterruptedIOException {
        Neighbours near = neighbours(features(40), 6);
        try (Blocks blocks = new Blocks(40, 1)) {
            FuzzyGraph graph = FuzzyGraph.of(near, blocks);
            for (int edge = 0; edge < graph.first(40); edge++) {
                int due = 0;
                for (int epoch = 0; epoch < 500; epoch++) {
                    due += graph.isDue(edge, epoch) ? 1 : 0;
                }
                assertThat((double) due).isCloseTo(500 * graph.membership(edge), within(1.0));
            }
        }
    }

    @Test
    void fewPointsAndEqualPointsHaveAMapToo() throws InterruptedIOException {
        for (int count : new int[] {1, 2, 3, 20}) {
            float[] same = new float[count * WIDTH];
            Arrays.fill(same, 0.5f);
            double[] map = NeighbourMap.layout(neighbours(same, 15), new double[2 * count], 0, 2, done -> {});
            assertThat(map).hasSize(2 * count).doesNotContain(Double.NaN);
        }
    }

    @Test
    void whoIsInterruptedLetsGo() throws InterruptedIOException {
        Neighbours near = neighbours(features(100), 5);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> NeighbourMap.layout(near, start(100), 0, 2, done -> {}))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isFalse();
    }
}
