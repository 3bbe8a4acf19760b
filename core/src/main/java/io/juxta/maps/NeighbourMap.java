package io.juxta.maps;

import io.juxta.eval.neighbours.Neighbours;
import io.juxta.image.Draws;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;

/**
 * Points in the plane that lie near whom they are near (UMAP; McInnes, Healy and Melville, "UMAP: Uniform Manifold
 * Approximation and Projection for Dimension Reduction", 2018), for many thousand points: time grows with their number. What is close stays close;
 * distances between groups mean little.
 *
 * <p>Neighbours pull at one another as often as their membership says (section 3.1, in {@link FuzzyGraph}), and for each pull
 * {@link #PUSHES} points drawn at random push (section 3.2, algorithm 5). In an epoch each point moves by itself among the
 * others as they lay before it, and draws by its own number: unlike the paper's, whose points move in one another's way, the
 * map is the same on any number of threads.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class NeighbourMap {
    /** Neighbours of each point that a map is made of; the paper's n. */
    public static final int NEIGHBOURS = 15;

    /** Points up to which more epochs are made, as the authors do. */
    private static final int SMALL = 10_000;

    private static final int EPOCHS_OF_SMALL = 500;
    private static final int EPOCHS = 200;
    private static final int PUSHES = 5;

    /** The curve {@code 1 / (1 + a d^2b)} that fits a least distance of 0.1 and a spread of 1. */
    private static final double A = 1.5769434601962196;

    private static final double B = 0.8950608779914887;

    /** How far a point may move by one pull or push, each way. */
    private static final double MOST = 4;

    private static final double REACH = 10;
    private static final double JITTER = 1e-4;

    private final FuzzyGraph graph;
    private final int n;
    private final int epochs;
    private final long seed;

    private NeighbourMap(FuzzyGraph graph, int n, long seed) {
        this.graph = graph;
        this.n = n;
        this.epochs = epochs(n);
        this.seed = seed;
    }

    /** How often all points of so many move. */
    public static int epochs(int points) {
        return points <= SMALL ? EPOCHS_OF_SMALL : EPOCHS;
    }

    /**
     * Lays points out.
     *
     * @param neighbours of each, {@link #NEIGHBOURS} or as many as there are
     * @param start x and y of each point in turn, on any scale, such as {@link Pca}'s
     * @param seed of what is drawn
     * @param threads at least 1; they end with the call, and change nothing of the map
     * @param progress is told how many more of the {@link #epochs} are done
     * @return x and y of each point in turn
     * @throws InterruptedIOException when this thread is interrupted
     */
    public static double[] layout(Neighbours neighbours, double[] start, long seed, int threads, IntConsumer progress)
            throws InterruptedIOException {
        int n = start.length / 2;
        if (n < 3 || neighbours.k() == 0) {
            return start.clone();
        }
        if (neighbours.size() != n) {
            throw new IllegalArgumentException(
                    "neighbours of " + neighbours.size() + " points do not fit a start of " + n);
        }
        try (Blocks blocks = new Blocks(n, threads)) {
            return new NeighbourMap(FuzzyGraph.of(neighbours, blocks), n, seed).layout(start, blocks, progress);
        }
    }

    private double[] layout(double[] start, Blocks blocks, IntConsumer progress) throws InterruptedIOException {
        float[] now = begin(start);
        float[] next = new float[2 * n];
        for (int epoch = 0; epoch < epochs; epoch++) {
            float[] from = now;
            float[] to = next;
            int at = epoch;
            blocks.run((first, last) -> {
                for (int i = first; i < last; i++) {
                    move(i, at, from, to);
                }
            });
            now = to;
            next = from;
            progress.accept(1);
        }
        double[] points = new double[2 * n];
        for (int i = 0; i < points.length; i++) {
            points[i] = now[i];
        }
        return points;
    }

    /** As wide as the layout becomes, points of one place parted. */
    private float[] begin(double[] start) {
        double mean = Arrays.stream(start).average().orElse(0);
        double reach = Arrays.stream(start).map(v -> Math.abs(v - mean)).max().orElse(0);
        Draws draws = Draws.of(seed, epochs, 0, 1);
        float[] points = new float[2 * n];
        for (int i = 0; i < points.length; i++) {
            double place = reach > 0 ? REACH * (start[i] - mean) / reach : 0;
            points[i] = (float) (place + JITTER * draws.normal());
        }
        return points;
    }

    /** One point's way in an epoch. */
    private void move(int i, int epoch, float[] from, float[] to) {
        double rate = 1 - (double) epoch / epochs;
        Draws draws = Draws.of(seed, epoch, i, 0);
        double x = from[2 * i];
        double y = from[2 * i + 1];
        for (int edge = graph.first(i); edge < graph.first(i + 1); edge++) {
            if (!graph.isDue(edge, epoch)) {
                continue;
            }
            int j = graph.neighbour(edge);
            // a pair pulls from both its ends
            for (int end = 0; end < 2; end++) {
                double dx = x - from[2 * j];
                double dy = y - from[2 * j + 1];
                double square = dx * dx + dy * dy;
                if (square > 0) {
                    double power = Math.pow(square, B);
                    double pull = -2 * A * B * power / square / (1 + A * power);
                    x += rate * clipped(pull * dx);
                    y += rate * clipped(pull * dy);
                }
            }
            for (int push = 0; push < PUSHES; push++) {
                int other = draws.below(n);
                double dx = x - from[2 * other];
                double dy = y - from[2 * other + 1];
                double square = dx * dx + dy * dy;
                if (square > 0 && other != i) {
                    double away = 2 * B / ((0.001 + square) * (1 + A * Math.pow(square, B)));
                    x += rate * clipped(away * dx);
                    y += rate * clipped(away * dy);
                }
            }
        }
        to[2 * i] = (float) x;
        to[2 * i + 1] = (float) y;
    }

    private static double clipped(double step) {
        return Math.max(-MOST, Math.min(MOST, step));
    }
}
