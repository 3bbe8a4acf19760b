package io.juxta.data;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches of augmented views in threads of its own, ahead of the consumer, in a bounded ring of memory that is
 * allocated once. Every image is decoded once for all its views.
 *
 * <p>Each byte of a batch is a function of the data set, the augmentations, the seed, the epoch and the batch's number:
 * not of the threads, nor of where in the epoch one begins. An unreadable image is replaced by another, drawn in the
 * same way, and named in the log once; when more than one image and more than 1 % of the set are unreadable, the epoch
 * fails.
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
public final class Loader implements AutoCloseable {
    /** Where the draws of replacements stand among an image's views. */
    private static final int REPLACEMENT = -1;

    /** Where the draws of the shuffle stand among an epoch's images. */
    private static final int SHUFFLE = -1;

    private final Dataset dataset;
    private final List<Augmentation> views;
    private final LoaderOptions options;
    private final Unreadable unreadable;
    private final List<Thread> threads = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition ready = lock.newCondition();
    private final Deque<Slot> free = new ArrayDeque<>();
    private int openBatches;
    private boolean closed;
    private @Nullable Epoch current;
    private long waitNanos;

    private Loader(Dataset dataset, List<Augmentation> views, LoaderOptions options) {
        this.dataset = dataset;
        this.views = List.copyOf(views);
        this.options = options;
        this.unreadable = new Unreadable(dataset.size());
    }

    /**
     * Allocates the batches and starts the threads.
     *
     * @param views one augmentation for each view of an image, at least one
     * @throws IllegalArgumentException when an epoch would have no batch, or a batch is larger than 2 GiB
     */
    public static Loader open(Dataset dataset, List<Augmentation> views, LoaderOptions options) {
        long global = (long) options.batchSize() * options.processes();
        if (views.isEmpty()) {
            throw new IllegalArgumentException("a loader needs at least one view");
        }
        if (dataset.size() == 0) {
            throw new IllegalArgumentException("the data set has no images");
        }
        if (options.last() == LoaderOptions.Last.DROP && global > dataset.size()) {
            throw new IllegalArgumentException("batch size " + global + " is above the " + dataset.size()
                    + " images of the data set; choose at most " + dataset.size());
        }
        for (Augmentation view : views) {
            // a Java buffer has at most 2^31 - 1 bytes
            long limit = Integer.MAX_VALUE / (4L * view.length());
            if (options.batchSize() > limit) {
                throw new IllegalArgumentException("batch size " + options.batchSize() + " at " + view.size()
                        + " pixels is above the limit of " + limit + "; choose a smaller one");
            }
        }
        Loader loader = new Loader(dataset, views, options);
        for (int i = 0; i < options.depth(); i++) {
            loader.free.add(new Slot(options.batchSize(), loader.views));
        }
        for (int i = 0; i < options.threads(); i++) {
            Thread thread = new Thread(loader::work, "juxta-loader-" + i);
            thread.setDaemon(true);
            thread.start();
            loader.threads.add(thread);
        }
        return loader;
    }

    /** The batches of an epoch, in this process. */
    public int batches() {
        long global = (long) options.batchSize() * options.processes();
        int full = (int) (dataset.size() / global);
        boolean rest = options.last() == LoaderOptions.Last.KEEP && dataset.size() % global > 0;
        return rest ? full + 1 : full;
    }

    /** Begins an epoch; the one before it, if unfinished, ends here. */
    public Epoch epoch(int number) {
        return epoch(number, 0);
    }

    /**
     * Begins an epoch somewhere in its course, as a resumed run does.
     *
     * @param number of the epoch, from 0
     * @param firstBatch from 0 to {@link #batches}
     */
    public Epoch epoch(int number, int firstBatch) {
        if (firstBatch < 0 || firstBatch > batches()) {
            throw new IllegalArgumentException("batch " + firstBatch + " is not within 0 to " + batches());
        }
        int[] order = options.order() == LoaderOptions.Order.SHUFFLED
                ? Draws.of(options.seed(), number, SHUFFLE, 0).permutation(dataset.size())
                : null;
        lock.lock();
        try {
            requireOpen();
            if (current != null) {
                current.abandon();
            }
            current = new Epoch(number, firstBatch, order);
            work.signalAll();
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** The nanoseconds that {@link Epoch#next} has waited for a batch since the loader was opened. */
    public long waitNanos() {
        lock.lock();
        try {
            return waitNanos;
        } finally {
            lock.unlock();
        }
    }

    /** What was unreadable so far: one message for each image, in the order of the data set. */
    public List<String> unreadable() {
        return unreadable.messages();
    }

    /** Stops the threads, waits for them, and frees all memory but that of batches still open. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (current != null) {
                current.abandon();
                current = null;
            }
            work.signalAll();
            ready.signalAll();
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            free.forEach(Slot::free);
            free.clear();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the loader is closed");
        }
    }

    private void giveBack(Slot slot) {
        lock.lock();
        try {
            openBatches--;
            release(slot);
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void release(Slot slot) {
        if (closed && slot.working == 0 && threads.stream().noneMatch(Thread::isAlive)) {
            slot.free();
        } else {
            free.add(slot);
            work.signalAll();
        }
    }

    private void work() {
        Canvas canvas = new Canvas();
        while (true) {
            Task task = take();
            if (task == null) {
                return;
            }
            Throwable failure = null;
            try {
                fill(task, canvas);
            } catch (Throwable e) { // whatever it is, the consumer must hear of it
                failure = e;
            }
            finish(task, failure);
        }
    }

    /** The next image to make, or null when the loader is closed. */
    private @Nullable Task take() {
        lock.lock();
        try {
            while (!closed) {
                Task task = current == null ? null : current.take();
                if (task != null) {
                    return task;
                }
                work.awaitUninterruptibly();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void finish(Task task, @Nullable Throwable failure) {
        lock.lock();
        try {
            Slot slot = task.slot;
            slot.working--;
            slot.done++;
            if (slot.abandoned) {
                if (slot.working == 0) {
                    release(slot);
                }
                return;
            }
            if (failure != null && task.epoch.failure == null) {
                task.epoch.failure = failure;
                task.epoch.failed = dataset.name(task.sample);
            }
            if (slot.isReady() || failure != null) {
                ready.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void fill(Task task, Canvas canvas) throws UnreadableDatasetException {
        int epoch = task.epoch.number;
        int index = task.sample;
        Image image = null;
        Draws replacements = null;
        while (image == null) {
            try {
                image = dataset.image(index);
            } catch (UnreadableImageException e) {
                unreadable.add(index, e);
                if (replacements == null) {
                    replacements = Draws.of(options.seed(), epoch, task.sample, REPLACEMENT);
                }
                index = replacements.below(dataset.size());
            }
        }
        task.slot.labels[task.row] = dataset.label(index);
        task.slot.indices[task.row] = index;
        for (int view = 0; view < views.size(); view++) {
            Augmentation augmentation = views.get(view);
            // the draws are those of the place in the epoch: two replaced by the same image still differ
            Draws draws = Draws.of(options.seed(), epoch, task.sample, view);
            augmentation.apply(image, draws, canvas, task.slot.at(view, task.row, augmentation.length()));
        }
    }

    /** One image of one batch. */
    private record Task(Epoch epoch, Slot slot, int row, int sample) {}

    /** A pass over the data set; its batches come in the order of their numbers. */
    public final class Epoch {
        private final int number;
        private final int @Nullable [] order;
        private final long began = System.nanoTime();
        private final long waitedBefore = waitNanos;
        /** Slots being filled, the next batch first. */
        private final Deque<Slot> filling = new ArrayDeque<>();

        private int nextBatch;
        private int nextToFill;
        private int nextRow;
        private boolean over;
        private @Nullable Throwable failure;
        private @Nullable String failed;

        private Epoch(int number, int firstBatch, int @Nullable [] order) {
            this.number = number;
            this.order = order;
            this.nextBatch = firstBatch;
            this.nextToFill = firstBatch;
        }

        public int number() {
            return number;
        }

        /** Whether there is another batch. */
        public boolean hasNext() {
            return nextBatch < batches();
        }

        /**
         * The next batch; it waits until the batch is made.
         *
         * @throws UnreadableDatasetException when too many images are unreadable
         * @throws IllegalStateException when the loader is closed or another epoch began, when every batch of the ring
         *     is still open, or when a thread of the loader failed
         * @throws NoSuchElementException when the epoch is over
         * @throws OutOfMemoryError naming the image, when one is too large for the heap
         */
        public Batch next() throws IOException {
            long start = System.nanoTime();
            lock.lock();
            try {
                if (!hasNext()) {
                    throw new NoSuchElementException("epoch " + number + " has " + batches() + " batches");
                }
                Slot slot = awaitNext();
                waitNanos += System.nanoTime() - start;
                filling.removeFirst();
                nextBatch++;
                openBatches++;
                return new Batch(slot, views, Loader.this::giveBack);
            } finally {
                lock.unlock();
            }
        }

        private Slot awaitNext() throws IOException {
            while (true) {
                requireOpen();
                if (over) {
                    throw new IllegalStateException("epoch " + number + " ended when another one began");
                }
                if (failure != null) {
                    throwFailure(failure);
                }
                Slot slot = filling.peekFirst();
                if (slot != null && slot.isReady()) {
                    return slot;
                }
                if (openBatches == options.depth()) {
                    throw new IllegalStateException(
                            "all " + openBatches + " batches of the loader are open; close one first");
                }
                ready.awaitUninterruptibly();
            }
        }

        private void throwFailure(Throwable cause) throws IOException {
            if (cause instanceof UnreadableDatasetException e) {
                throw e;
            }
            if (cause instanceof OutOfMemoryError) {
                throw new OutOfMemoryError(cause.getMessage() + ", at " + failed);
            }
            throw new IllegalStateException("the loader failed at " + failed + ": " + cause, cause);
        }

        /** The share of the time since the epoch began that the consumer spent waiting for batches, 0 to 1. */
        public double waitShare() {
            long elapsed = Math.max(1, System.nanoTime() - began);
            return Math.min(1, (double) (waitNanos() - waitedBefore) / elapsed);
        }

        /** The next image to make, or null when there is none or no room for it. */
        private @Nullable Task take() {
            if (failure != null || nextToFill == batches()) {
                return null;
            }
            int global = options.batchSize() * options.processes();
            int start = nextToFill * global + options.rank() * options.batchSize();
            Slot slot;
            if (nextRow == 0) {
                slot = free.pollFirst();
                if (slot == null) {
                    return null;
                }
                slot.number = nextToFill;
                slot.size = Math.min(options.batchSize(), dataset.size() - start);
                slot.done = 0;
                slot.abandoned = false;
                filling.addLast(slot);
            } else {
                slot = filling.getLast();
            }
            int place = start + nextRow;
            Task task = new Task(this, slot, nextRow, order == null ? place : order[place]);
            slot.working++;
            nextRow++;
            if (nextRow == slot.size) {
                nextRow = 0;
                nextToFill++;
            }
            return task;
        }

        /** Under the lock: no further image is begun, and slots are free once their workers leave. */
        private void abandon() {
            over = true;
            for (Slot slot : filling) {
                slot.abandoned = true;
                if (slot.working == 0) {
                    release(slot);
                }
            }
            filling.clear();
        }
    }
}
