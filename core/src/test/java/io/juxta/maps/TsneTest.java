package io.juxta.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** t-SNE against its definition: equations 1 to 5 of van der Maaten and Hinton 2008. */
class TsneTest {
    private static double[][] points(int count, int dimensions, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] points = new double[count][dimensions];
        for (double[] point : points) {
            Arrays.setAll(point, i -> random.nextDouble(-1, 1));
        }
        return points;
    }

    private static double[][] distances(double[][] points) {
        double[][] distances = new double[points.length][points.length];
        for (int i = 0; i < points.length; i++) {
            for (int j = 0; j < points.length; j++) {
                for (int d = 0; d < points[i].length; d++) {
                    double difference = points[i][d] - points[j][d];
                    distances[i][j] += difference * difference;
                }
            }
        }
        return distances;
    }

    @Test
    void everyNeighbourhoodHasThePerplexity() {
        double[][] distances = distances(points(60, 5, 1));
        for (double perplexity : new double[] {2, 5, 30}) {
            for (int i = 0; i < distances.length; i++) {
                double[] p = Tsne.neighbourhood(distances[i], i, perplexity);
                double entropy = Arrays.stream(p)
                        .filter(value -> value > 0)
                        .map(value -> -value * Math.log(value))
                        .sum();
                assertThat(p[i]).isZero();
                assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-12));
                assertThat(Math.exp(entropy)).isCloseTo(perplexity, within(1e-3 * perplexity));
            }
        }
    }

    @Test
    void affinitiesAreSymmetricAndSumToOne() {
        double[][] p = Tsne.affinities(distances(points(40, 4, 2)), 8);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            for (int j = 0; j < p.length; j++) {
                assertThat(p[i][j]).isEqualTo(p[j][i]);
                sum += p[i][j];
            }
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
    }

    /** The divergence that the gradient is of, written as the paper has it. */
    private static double divergence(double[][] p, double[] y) {
        int n = p.length;
        double[][] q = new double[n][n];
        double total = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (i != j) {
                    double dx = y[2 * i] - y[2 * j];
                    double dy = y[2 * i + 1] - y[2 * j + 1];
                    q[i][j] = 1 / (1 + dx * dx + dy * dy);
                    total += q[i][j];
                }
            }
        }
        double divergence = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (i != j) {
                    divergence += p[i][j] * Math.log(p[i][j] / (q[i][j] / total));
                }
            }
        }
        return divergence;
    }

    @Test
    void theGradientIsThatOfTheDivergence() {
        double[][] p = Tsne.affinities(distances(points(12, 3, 3)), 3);
        double[] y =
                Arrays.stream(points(12, 2, 4)).flatMapToDouble(Arrays::stream).toArray();
        double[] gradient = new double[y.length];
        Tsne.gradient(p, 1, y, gradient);
        for (int i = 0; i < y.length; i++) {
            double[] more = y.clone();
            double[] less = y.clone();
            more[i] += 1e-5;
            less[i] -= 1e-5;
            double slope = (divergence(p, more) - divergence(p, less)) / 2e-5;
            assertThat(gradient[i]).isCloseTo(slope, within(1e-7));
        }
    }

    @Test
    void threeClustersStayThree() {
        double[][] points = points(90, 6, 5);
        for (int i = 0; i < points.length; i++) {
            points[i][i % 3] += 8;
        }
        double[] start =
                Arrays.stream(points(90, 2, 6)).flatMapToDouble(Arrays::stream).toArray();
        double[] y = Tsne.layout(distances(points), start, 7);
        assertThat(Tsne.layout(distances(points), start, 7)).containsExactly(y);
        double[][] map = new double[90][];
        Arrays.setAll(map, i -> new double[] {y[2 * i], y[2 * i + 1]});
        double[][] apart = distances(map);
        for (int i = 0; i < 90; i++) {
            double within = 0;
            double between = Double.POSITIVE_INFINITY;
            for (int j = 0; j < 90; j++) {
                if (i % 3 == j % 3) {
                    within = Math.max(within, apart[i][j]);
                } else {
                    between = Math.min(between, apart[i][j]);
                }
            }
            assertThat(within).as("point " + i).isLessThan(between);
        }
    }

    @Test
    void fewPointsAndEqualPointsHaveAMapToo() {
        for (int count = 0; count < 6; count++) {
            double[] y = Tsne.layout(new double[count][count], new double[2 * count], 1);
            assertThat(y).hasSize(2 * count).doesNotContain(Double.NaN);
        }
    }
}
