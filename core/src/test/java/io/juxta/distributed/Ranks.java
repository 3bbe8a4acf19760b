package io.juxta.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.torch.Torch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.pytorch.Device;

/** Ranks for tests: threads of one JVM, each with its own place in a real group of Gloo's. */
public final class Ranks {
    private Ranks() {}

    /** What a rank does. */
    @FunctionalInterface
    public interface Work<T> {
        T of(Communicator communicator) throws Exception;
    }

    /**
     * Runs all ranks to their ends.
     *
     * @return what each came to, rank after rank; of a run of one, without any group
     */
    public static <T> List<T> run(int size, Work<T> work) throws Exception {
        if (size == 1) {
            return List.of(work.of(Communicator.single()));
        }
        if (Boolean.getBoolean("juxta.quick")) {
            throw new IllegalStateException("tests of several ranks are slow: give this one @Tag(\"slow\")");
        }
        int port = Ports.free();
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int r = 0; r < size; r++) {
                Membership membership = Membership.local(r, size, port, Duration.ofSeconds(60));
                futures.add(threads.submit(() -> {
                    Torch.threads(1); // of this thread: ranks share the cores
                    try (Communicator communicator = join(membership)) {
                        try {
                            return work.of(communicator);
                        } catch (Exception | Error e) {
                            communicator.fail(e);
                            throw e;
                        }
                    }
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * The largest relative differences between runs of one process and of several.
     *
     * @param losses of the first figures
     * @param rest of the others
     */
    public record Difference(double losses, double rest) {}

    /**
     * Runs with 1, 2, 4 and so on processes; all ranks of a run must come to the same bits.
     *
     * @param most processes
     * @param losses how many of the figures are losses
     */
    public static Difference compare(int most, int losses, Work<double[]> work) throws Exception {
        double[] expected = run(1, work).get(0);
        double[] largest = new double[2];
        for (int size = 2; size <= most; size *= 2) {
            List<double[]> ranks = run(size, work);
            for (double[] rank : ranks) {
                assertThat(rank).as("every rank of " + size).containsExactly(ranks.get(0));
                for (int i = 0; i < rank.length; i++) {
                    double difference = Math.abs(rank[i] - expected[i]) / Math.max(1e-12, Math.abs(expected[i]));
                    int part = i < losses ? 0 : 1;
                    largest[part] = Math.max(largest[part], difference);
                }
            }
        }
        return new Difference(largest[0], largest[1]);
    }

    /**
     * Two processes beside one in a shorter type, in which each rounds its own gradients before they are averaged: what rounding
     * begins, assignments and small groups multiply, so that single steps say little.
     *
     * @param first of the first losses, whose passes nothing has parted yet
     * @param mean of the means over all losses
     */
    public record Roughly(double first, double mean) {}

    /**
     * Runs with 1 and 2 processes; both ranks must come to the same bits.
     *
     * @param losses how many of the figures are losses
     */
    public static Roughly compareRoughly(int losses, Work<double[]> work) throws Exception {
        double[] expected = run(1, work).get(0);
        List<double[]> ranks = run(2, work);
        assertThat(ranks.get(1)).containsExactly(ranks.get(0));
        double first = Math.abs(ranks.get(0)[0] / expected[0] - 1);
        double mine = Arrays.stream(ranks.get(0), 0, losses).sum();
        double mean = Math.abs(mine / Arrays.stream(expected, 0, losses).sum() - 1);
        return new Roughly(first, mean);
    }

    static Communicator join(Membership membership) throws IOException {
        return Communicator.join(membership, new Device("cpu"), reason -> {});
    }
}
