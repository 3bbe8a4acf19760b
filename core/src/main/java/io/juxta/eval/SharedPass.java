package io.juxta.eval;

import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * One pass over images by several processes, each of which gets its part of every batch; a last batch that cannot be cut
 * into equal parts, each gets as a whole. No image counts twice.
 */
@API(status = API.Status.INTERNAL)
public final class SharedPass {
    private final Communicator communicator;
    private long left;

    /** @param images of the pass */
    public SharedPass(Communicator communicator, long images) {
        this.communicator = communicator;
        left = images;
    }

    /**
     * How each process loads its part of shuffled batches.
     *
     * @param key of the batch size in a recipe
     * @param batchSize of all processes together; less where there are fewer images
     * @throws IllegalArgumentException when it cannot be shared
     */
    public static LoaderOptions shuffled(String key, int batchSize, int images, long seed, Communicator communicator) {
        int processes = communicator.size();
        if (batchSize % processes != 0) {
            throw new IllegalArgumentException(key + " " + batchSize + " cannot be shared by " + processes
                    + " processes: make it a multiple of " + processes);
        }
        int own = Math.min(batchSize / processes, Math.max(1, images / processes));
        return LoaderOptions.of(own, seed).withLast(LoaderOptions.Last.KEEP).withShare(communicator.rank(), processes);
    }

    /**
     * Whether a batch is this process's part of one.
     *
     * @param rows that this process got
     */
    public boolean isPart(long rows) {
        return communicator.size() > 1 && rows < left;
    }

    /**
     * All rows of a batch, in the order of the images.
     *
     * @param mine (N, ...), without gradient
     */
    public Tensor whole(Tensor mine) {
        return isPart(mine.size(0)) ? communicator.gather(mine) : mine;
    }

    /**
     * Ends a batch.
     *
     * @param rows of all processes
     */
    public void passed(long rows) {
        left -= rows;
    }
}
