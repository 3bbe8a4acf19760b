package io.juxta.data;

import io.juxta.image.Draws;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pass over the samples: which of them comes into which row of which batch. Everything that changes is the ring's,
 * under its lock.
 */
final class Pass {
    /** Where the draws of the shuffle stand among an epoch's samples. */
    private static final int SHUFFLE = -1;

    /** One sample of one batch. */
    record Task(Pass pass, Slot slot, int row, int sample) {}

    final int epoch;
    private final LoaderOptions options;
    private final int samples;
    private final int batches;
    private final int @Nullable [] order;
    /** Slots being filled, the next batch first. */
    private final Deque<Slot> filling = new ArrayDeque<>();

    private int nextBatch;
    private int nextToFill;
    private int nextRow;
    private boolean over;
    private @Nullable SampleFailure failure;

    Pass(int epoch, int firstBatch, int samples, int batches, LoaderOptions options) {
        this.epoch = epoch;
        this.options = options;
        this.samples = samples;
        this.batches = batches;
        this.order = options.order() == LoaderOptions.Order.SHUFFLED
                ? Draws.of(options.seed(), epoch, SHUFFLE, 0).permutation(samples)
                : null;
        this.nextBatch = firstBatch;
        this.nextToFill = firstBatch;
    }

    boolean hasNext() {
        return nextBatch < batches;
    }

    boolean isOver() {
        return over;
    }

    /** The next sample to make, or null when there is none or no room for it. */
    @Nullable
    Task take(Deque<Slot> free) {
        if (failure != null || nextToFill == batches) {
            return null;
        }
        int global = options.batchSize() * options.processes();
        int rest = Math.min(global, samples - nextToFill * global);
        boolean shared = rest % options.processes() == 0;
        int own = shared ? rest / options.processes() : rest;
        int start = nextToFill * global + (shared ? options.rank() * own : 0);
        Slot slot;
        if (nextRow == 0) {
            slot = free.pollFirst();
            if (slot == null) {
                return null;
            }
            slot.begin(nextToFill, own);
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

    /** Of several failures the first counts. */
    void fail(SampleFailure cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    /** @throws IOException when a sample failed in a way that the user can mend */
    void throwFailure() throws IOException {
        if (failure != null) {
            failure.rethrow();
        }
    }

    /** The next batch's slot if it is ready, which then is the consumer's. */
    @Nullable
    Slot pollReady() {
        Slot slot = filling.peekFirst();
        if (slot == null || !slot.isReady()) {
            return null;
        }
        filling.removeFirst();
        nextBatch++;
        return slot;
    }

    /** No further sample is begun, and slots are free once their workers leave. */
    void abandon(Consumer<Slot> release) {
        over = true;
        for (Slot slot : filling) {
            slot.abandoned = true;
            if (slot.working == 0) {
                release.accept(slot);
            }
        }
        filling.clear();
    }
}
