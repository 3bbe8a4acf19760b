package io.juxta.data;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.ViewShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apiguardian.api.API;

/**
 * Makes batches of augmented views in threads of its own, ahead of the consumer, in a bounded ring of memory that is
 * allocated once (and grows where images keep sizes of their own). Every image is decoded once for all its views.
 *
 * <p>Each byte of a batch is a function of the samples, the seed, the epoch and the batch's number: not of the threads,
 * nor of where in the epoch one begins. An unreadable image is replaced by another of its data set, drawn in the same
 * way, and named in the log once, however many loaders read the set; when more than one image and more than 1 % of a
 * set are unreadable, the epoch fails.
 *
 * <pre>{@code
 * try (Loader loader = Loader.open(dataset, List.of(view, view), LoaderOptions.of(256, seed))) {
 *     Loader.Epoch epoch = loader.epoch(0);
 *     while (epoch.hasNext()) {
 *         try (Batch batch = epoch.next()) {
 *             step(batch.view(0), batch.view(1));
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>One consumer at a time. {@link #close} stops and joins the threads and frees the memory, in the middle of an epoch
 * too.
 */
@API(status = API.Status.INTERNAL)
public final class Loader implements BatchSource {
    private final Samples samples;
    private final LoaderOptions options;
    private final SampleMaker maker;
    private final Ring ring;
    private final List<Thread> threads = new ArrayList<>();

    private Loader(Samples samples, LoaderOptions options, Ring ring) {
        this.samples = samples;
        this.options = options;
        this.maker = new SampleMaker(samples, options.seed());
        this.ring = ring;
    }

    /**
     * Opens a loader of several views of every image.
     *
     * @param views one augmentation for each view of an image, at least one
     * @throws IllegalArgumentException when an epoch would have no batch, or a batch is larger than 2 GiB
     */
    public static Loader open(Dataset dataset, List<Augmentation> views, LoaderOptions options) {
        return open(Samples.of(dataset, views), options);
    }

    /**
     * Allocates the batches and starts the threads.
     *
     * @throws IllegalArgumentException when an epoch would have no batch, or a batch is larger than 2 GiB
     */
    public static Loader open(Samples samples, LoaderOptions options) {
        long global = (long) options.batchSize() * options.processes();
        if (samples.views() == 0) {
            throw new IllegalArgumentException("a loader needs at least one view");
        }
        if (samples.size() == 0) {
            throw new IllegalArgumentException("the data set has no images");
        }
        if (options.last() == LoaderOptions.Last.DROP && global > samples.size()) {
            throw new IllegalArgumentException("batch size " + global + " is above the " + samples.size()
                    + " images of the data set; choose at most " + samples.size());
        }
        for (int view = 0; view < samples.views(); view++) {
            samples.augmentation(view, 0).shape().ifPresent(shape -> requireRoom(options.capacity(), shape));
        }
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < options.depth(); i++) {
            slots.add(new Slot(options.capacity(), samples));
        }
        Loader loader = new Loader(samples, options, new Ring(slots));
        for (int i = 0; i < options.threads(); i++) {
            Thread thread = new Thread(loader::work, "juxta-loader-" + i);
            thread.setDaemon(true);
            thread.start();
            loader.threads.add(thread);
        }
        return loader;
    }

    private static void requireRoom(int batchSize, ViewShape shape) {
        long limit = Slot.limit(shape);
        if (batchSize > limit) {
            throw new IllegalArgumentException("batch size " + batchSize + " at " + shape.pixels()
                    + " pixels is above the limit of " + limit + "; choose a smaller one");
        }
    }

    @Override
    public int batches() {
        long global = (long) options.batchSize() * options.processes();
        int full = (int) (samples.size() / global);
        boolean rest = options.last() == LoaderOptions.Last.KEEP && samples.size() % global > 0;
        return rest ? full + 1 : full;
    }

    /** Begins an epoch; the one before it, if unfinished, ends here. */
    @Override
    public Epoch epoch(int number) {
        return epoch(number, 0);
    }

    /**
     * Begins an epoch somewhere in its course, as a resumed run does.
     *
     * @param number of the epoch, from 0
     * @param firstBatch from 0 to {@link #batches}
     */
    @Override
    public Epoch epoch(int number, int firstBatch) {
        if (firstBatch < 0 || firstBatch > batches()) {
            throw new IllegalArgumentException("batch " + firstBatch + " is not within 0 to " + batches());
        }
        Pass pass = new Pass(number, firstBatch, samples.size(), batches(), options);
        ring.begin(pass);
        return new Epoch(ring, pass);
    }

    @Override
    public long waitNanos() {
        return ring.waitNanos();
    }

    /** What was unreadable so far: one message for each image, in the order of the data set; A's before B's. */
    public List<String> unreadable() {
        return maker.unreadable();
    }

    /** Stops the threads, waits for them, and frees all memory but that of batches still open. */
    @Override
    public void close() {
        ring.close();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        ring.free();
    }

    private void work() {
        Canvas canvas = new Canvas();
        for (Pass.Task task = ring.take(); task != null; task = ring.take()) {
            SampleFailure failure = null;
            try {
                maker.make(task.sample(), task.pass().epoch, task.slot(), task.row(), canvas);
            } catch (SampleFailure e) {
                failure = e;
            } catch (Throwable e) { // a data set that fails even to name its images
                failure = new SampleFailure("sample " + task.sample(), e);
            }
            ring.finish(task, failure);
        }
    }

    /** A pass over the samples; its batches come in the order of their numbers. */
    public static final class Epoch implements BatchSource.Epoch {
        private final Ring ring;
        private final Pass pass;
        private final long began = System.nanoTime();
        private final long waitedBefore;

        private Epoch(Ring ring, Pass pass) {
            this.ring = ring;
            this.pass = pass;
            this.waitedBefore = ring.waitNanos();
        }

        public int number() {
            return pass.epoch;
        }

        @Override
        public boolean hasNext() {
            return ring.hasNext(pass);
        }

        /**
         * The next batch; it waits until the batch is made.
         *
         * @throws UnreadableDatasetException when too many images are unreadable
         * @throws IOException naming the image, when a step cannot be done on it, or when views of one batch have
         *     different sizes
         * @throws IllegalStateException when the loader is closed or another epoch began, when every batch of the ring
         *     is still open, or when a thread of the loader failed
         * @throws NoSuchElementException when the epoch is over
         * @throws OutOfMemoryError naming the image, when one is too large for the heap
         */
        @Override
        public Batch next() throws IOException {
            return new Batch(ring.next(pass), ring::giveBack);
        }

        /** The share of the time since the epoch began that the consumer spent waiting for batches, 0 to 1. */
        public double waitShare() {
            long elapsed = Math.max(1, System.nanoTime() - began);
            return Math.min(1, (double) (ring.waitNanos() - waitedBefore) / elapsed);
        }
    }
}
