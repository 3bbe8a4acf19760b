package io.juxta.data;

import org.apiguardian.api.API;

/**
 * How a {@link Loader} makes batches. Start from {@link #of} and change what differs.
 *
 * @param batchSize images in a batch of this process
 * @param seed of the run: shuffling, replacement of unreadable images and every augmentation follow from it
 * @param order of the images; default shuffled
 * @param last what becomes of a last batch that is not full; default dropped
 * @param threads that decode and augment; default the processors less one, at least 1
 * @param depth batches in memory at once, the one in use included, at least 2; default 3
 * @param rank of this process, from 0
 * @param processes that share each global batch of {@code batchSize * processes} images: rank r takes the r-th part of
 *     each, so the global batches do not depend on the number of processes; a last batch that is kept, is not full and
 *     cannot be cut into equal parts, every process gets as a whole
 */
@API(status = API.Status.INTERNAL)
public record LoaderOptions(
        int batchSize, long seed, Order order, Last last, int threads, int depth, int rank, int processes) {
    /** The order of an epoch's images. */
    public enum Order {
        /** A permutation that follows from the seed and the epoch. */
        SHUFFLED,
        /** The data set's own order. */
        SEQUENTIAL
    }

    /** What becomes of a last batch that is not full. */
    public enum Last {
        DROP,
        KEEP
    }

    /** @throws IllegalArgumentException naming the option, its value and its limit */
    public LoaderOptions {
        require(batchSize >= 1, "batch size " + batchSize + " is below 1");
        require(threads >= 1 && threads <= 1024, "loader threads " + threads + " are not within 1 to 1024");
        require(depth >= 2 && depth <= 64, "loader depth " + depth + " is not within 2 to 64");
        require(processes >= 1, "processes " + processes + " are below 1");
        require(rank >= 0 && rank < processes, "rank " + rank + " is not within 0 to " + (processes - 1));
    }

    /** The most images of one batch in this process. */
    int capacity() {
        return last == Last.KEEP ? Math.multiplyExact(batchSize, processes) : batchSize;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The defaults. */
    public static LoaderOptions of(int batchSize, long seed) {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        return new LoaderOptions(batchSize, seed, Order.SHUFFLED, Last.DROP, threads, 3, 0, 1);
    }

    public LoaderOptions withOrder(Order newOrder) {
        return new LoaderOptions(batchSize, seed, newOrder, last, threads, depth, rank, processes);
    }

    public LoaderOptions withLast(Last newLast) {
        return new LoaderOptions(batchSize, seed, order, newLast, threads, depth, rank, processes);
    }

    public LoaderOptions withThreads(int newThreads) {
        return new LoaderOptions(batchSize, seed, order, last, newThreads, depth, rank, processes);
    }

    public LoaderOptions withDepth(int newDepth) {
        return new LoaderOptions(batchSize, seed, order, last, threads, newDepth, rank, processes);
    }

    /** This process's share of every global batch. */
    public LoaderOptions withShare(int newRank, int newProcesses) {
        return new LoaderOptions(batchSize, seed, order, last, threads, depth, newRank, newProcesses);
    }
}
