package io.juxta.maps;

import io.juxta.image.Draws;
import java.util.Arrays;
import org.apiguardian.api.API;

/**
 * Exact t-SNE in two dimensions (van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008), for some
 * hundred points: time and memory grow with their square. Points that are close in the original space stay close;
 * distances between clusters mean little.
 *
 * <p>The learning rate is Belkina et al.'s (2019), the start a given layout, as Kobak and Berens (2019) advise: what
 * begins alike ends alike, so that the maps of two epochs can be compared.
 */
@API(status = API.Status.INTERNAL)
public final class Tsne {
    /** How many neighbours a point counts as its own, in effect; the paper's 5 to 50. */
    private static final double PERPLEXITY = 30;

    private static final int ITERATIONS = 500;
    private static final int EXAGGERATED = 125;
    private static final double EXAGGERATION = 12;
    private static final double START = 1e-4;

    private Tsne() {}

    /**
     * Lays points out.
     *
     * @param distances squared, (N, N)
     * @param start x and y of each point in turn, on any scale
     * @param seed of a jitter that parts points that start at one place
     * @return x and y of each point in turn
     */
    public static double[] layout(double[][] distances, double[] start, long seed) {
        int n = distances.length;
        if (n < 3) {
            return start.clone();
        }
        double[][] p = affinities(distances, Math.min(PERPLEXITY, (n - 1) / 3.0));
        double[] y = begin(start, seed);
        double[] velocity = new double[2 * n];
        double[] gains = new double[2 * n];
        Arrays.fill(gains, 1);
        double[] gradient = new double[2 * n];
        double rate = Math.max(50, n / EXAGGERATION / 4);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            boolean early = iteration < EXAGGERATED;
            gradient(p, early ? EXAGGERATION : 1, y, gradient);
            double momentum = early ? 0.5 : 0.8;
            for (int i = 0; i < y.length; i++) {
                boolean turned = gradient[i] > 0 == velocity[i] > 0;
                gains[i] = Math.max(0.01, turned ? gains[i] * 0.8 : gains[i] + 0.2);
                velocity[i] = momentum * velocity[i] - rate * gains[i] * gradient[i];
                y[i] += velocity[i];
            }
        }
        return y;
    }

    /** The start scaled to a small spread, the points of one place parted. */
    private static double[] begin(double[] start, long seed) {
        double mean = Arrays.stream(start).average().orElse(0);
        double spread = Math.sqrt(
                Arrays.stream(start).map(v -> (v - mean) * (v - mean)).average().orElse(0));
        Draws draws = Draws.of(seed, 0, 0, 0);
        double[] y = new double[start.length];
        for (int i = 0; i < y.length; i++) {
            double place = spread > 0 ? (start[i] - mean) / spread : 0;
            y[i] = START * (place + 0.01 * draws.normal());
        }
        return y;
    }

    /** p (N, N) of equations 1 and 2 of section 3.1, symmetric, its sum 1. */
    static double[][] affinities(double[][] distances, double perplexity) {
        int n = distances.length;
        double[][] conditional = new double[n][];
        for (int i = 0; i < n; i++) {
            conditional[i] = neighbourhood(distances[i], i, perplexity);
        }
        double[][] p = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                p[i][j] = (conditional[i][j] + conditional[j][i]) / (2 * n);
            }
        }
        return p;
    }

    /**
     * p(j|i) for one i: the Gaussian's precision is found by bisection, so that 2 to the power of the entropy is the
     * perplexity.
     *
     * @param distances squared, from i
     */
    static double[] neighbourhood(double[] distances, int i, double perplexity) {
        double nearest = Double.POSITIVE_INFINITY;
        for (int j = 0; j < distances.length; j++) {
            nearest = j == i ? nearest : Math.min(nearest, distances[j]);
        }
        double[] p = new double[distances.length];
        double precision = 1;
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        for (int tries = 0; tries < 64; tries++) {
            double sum = 0;
            double weighted = 0;
            for (int j = 0; j < p.length; j++) {
                double beyond = distances[j] - nearest;
                p[j] = j == i ? 0 : Math.exp(-precision * beyond);
                sum += p[j];
                weighted += p[j] == 0 ? 0 : p[j] * beyond;
            }
            double entropy = Math.log(sum) + precision * weighted / sum;
            for (int j = 0; j < p.length; j++) {
                p[j] /= sum;
            }
            if (Math.abs(entropy - Math.log(perplexity)) < 1e-5) {
                break;
            }
            if (entropy > Math.log(perplexity)) {
                low = precision;
                precision = high == Double.POSITIVE_INFINITY ? precision * 2 : (low + high) / 2;
            } else {
                high = precision;
                precision = (low + high) / 2;
            }
        }
        return p;
    }

    /**
     * Equation 5: {@code dC/dy_i = 4 sum_j (p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2)}.
     *
     * @param exaggeration factor of every p, 1 for the true gradient
     * @param gradient the result
     */
    static void gradient(double[][] p, double exaggeration, double[] y, double[] gradient) {
        int n = p.length;
        double[] repulsion = new double[2 * n];
        Arrays.fill(gradient, 0);
        double total = 0;
        for (int i = 0; i < n; i++) {
            double[] row = p[i];
            for (int j = 0; j < i; j++) {
                double dx = y[2 * i] - y[2 * j];
                double dy = y[2 * i + 1] - y[2 * j + 1];
                double t = 1 / (1 + dx * dx + dy * dy);
                double pull = exaggeration * row[j] * t;
                double push = t * t;
                total += 2 * t;
                gradient[2 * i] += pull * dx;
                gradient[2 * i + 1] += pull * dy;
                gradient[2 * j] -= pull * dx;
                gradient[2 * j + 1] -= pull * dy;
                repulsion[2 * i] += push * dx;
                repulsion[2 * i + 1] += push * dy;
                repulsion[2 * j] -= push * dx;
                repulsion[2 * j + 1] -= push * dy;
            }
        }
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = 4 * (gradient[i] - repulsion[i] / total);
        }
    }
}
