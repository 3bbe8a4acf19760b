package io.juxta.maps;

import io.juxta.eval.neighbours.Neighbours;
import java.io.InterruptedIOException;
import java.util.Arrays;

/**
 * How much points are of one another's neighbourhood: UMAP's fuzzy simplicial set, 0 to 1. The nearest neighbour is so wholly,
 * others by {@code exp(-(d - rho) / sigma)}, sigma such that all memberships of a point sum to log2 of their number and itself;
 * of the two that a pair says of one another either may be true: {@code a + b - ab}.
 */
final class FuzzyGraph {
    private static final int BISECTIONS = 64;
    private static final double CLOSE = 1e-5;

    /** The least sigma, as a share of the mean distance. */
    private static final double LEAST = 1e-3;

    /** Where each point's edges begin; one more at the end. */
    private final int[] firsts;

    private final int[] neighbours;
    private final float[] memberships;

    private FuzzyGraph(int[] firsts, int[] neighbours, float[] memberships) {
        this.firsts = firsts;
        this.neighbours = neighbours;
        this.memberships = memberships;
    }

    static FuzzyGraph of(Neighbours of, Blocks blocks) throws InterruptedIOException {
        int n = of.size();
        int k = of.k();
        float[] own = new float[n * k];
        blocks.run((first, last) -> {
            for (int i = first; i < last; i++) {
                memberships(of, i, own);
            }
        });
        // each edge stands with both its points: what the one says, and what the other does
        int[] counts = new int[n + 1];
        for (int i = 0; i < n; i++) {
            counts[i + 1] += k;
            for (int j = 0; j < k; j++) {
                counts[of.place(i, j) + 1]++;
            }
        }
        Arrays.parallelPrefix(counts, Integer::sum);
        long[] edges = new long[counts[n]]; // neighbour and place of the membership
        int[] ends = Arrays.copyOf(counts, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < k; j++) {
                int other = of.place(i, j);
                edges[ends[i]++] = (long) other << 32 | (i * k + j);
                edges[ends[other]++] = (long) i << 32 | (i * k + j);
            }
        }
        int[] lengths = new int[n];
        int[] to = new int[edges.length];
        float[] joined = new float[edges.length];
        blocks.run((first, last) -> {
            for (int i = first; i < last; i++) {
                lengths[i] = join(edges, counts[i], counts[i + 1], own, to, joined);
            }
        });
        return packed(counts, lengths, to, joined);
    }

    /** What one point says of its neighbours. */
    static void memberships(Neighbours of, int i, float[] own) {
        int k = of.k();
        double[] distances = new double[k];
        double rho = 0;
        double sum = 0;
        for (int j = 0; j < k; j++) {
            distances[j] = Math.max(0, 1 - of.cosine(i, j));
            sum += distances[j];
            rho = rho == 0 ? distances[j] : rho;
        }
        double wanted = Math.log(k + 1) / Math.log(2);
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double sigma = 1;
        for (int tries = 0; tries < BISECTIONS; tries++) {
            double total = 0;
            for (double distance : distances) {
                total += Math.exp(-Math.max(0, distance - rho) / sigma);
            }
            if (Math.abs(total - wanted) < CLOSE) {
                break;
            }
            if (total > wanted) {
                high = sigma;
                sigma = (low + high) / 2;
            } else {
                low = sigma;
                sigma = high == Double.POSITIVE_INFINITY ? 2 * sigma : (low + high) / 2;
            }
        }
        sigma = Math.max(sigma, LEAST * sum / k);
        for (int j = 0; j < k; j++) {
            double beyond = Math.max(0, distances[j] - rho);
            own[i * k + j] = (float) (beyond == 0 ? 1 : Math.exp(-beyond / sigma));
        }
    }

    /** The edges of one point by neighbour, each once; how many there are. */
    private static int join(long[] edges, int from, int until, float[] own, int[] to, float[] joined) {
        Arrays.sort(edges, from, until);
        int at = from - 1;
        for (int e = from; e < until; e++) {
            int neighbour = (int) (edges[e] >>> 32);
            float said = own[(int) edges[e]];
            if (at >= from && to[at] == neighbour) {
                joined[at] = joined[at] + said - joined[at] * said;
            } else {
                at++;
                to[at] = neighbour;
                joined[at] = said;
            }
        }
        return at + 1 - from;
    }

    private static FuzzyGraph packed(int[] starts, int[] lengths, int[] to, float[] joined) {
        int n = lengths.length;
        int[] firsts = new int[n + 1];
        for (int i = 0; i < n; i++) {
            firsts[i + 1] = firsts[i] + lengths[i];
        }
        int[] neighbours = new int[firsts[n]];
        float[] memberships = new float[firsts[n]];
        for (int i = 0; i < n; i++) {
            System.arraycopy(to, starts[i], neighbours, firsts[i], lengths[i]);
            System.arraycopy(joined, starts[i], memberships, firsts[i], lengths[i]);
        }
        return new FuzzyGraph(firsts, neighbours, memberships);
    }

    /** Where the edges of a point begin; those of the one before end there. */
    int first(int point) {
        return firsts[point];
    }

    int neighbour(int edge) {
        return neighbours[edge];
    }

    float membership(int edge) {
        return memberships[edge];
    }

    /** Of all epochs an edge is due in a share that is its membership, evenly. */
    boolean isDue(int edge, int epoch) {
        double membership = memberships[edge];
        return (int) (membership * (epoch + 1)) > (int) (membership * epoch);
    }
}
