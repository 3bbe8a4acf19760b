package io.juxta.data;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a loader on their way round: free, filled by the workers, in the consumer's hands, and free again. One
 * lock guards them and the pass that they are filled for.
 */
final class Ring {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition ready = lock.newCondition();
    private final Deque<Slot> free;
    private final int depth;
    private int openBatches;
    private boolean closed;
    private boolean freed;
    private @Nullable Pass current;
    private long waitNanos;

    Ring(List<Slot> slots) {
        this.free = new ArrayDeque<>(slots);
        this.depth = slots.size();
    }

    /** Begins a pass; the one before it, if unfinished, ends here. */
    void begin(Pass pass) {
        lock.lock();
        try {
            requireOpen();
            if (current != null) {
                current.abandon(this::release);
            }
            current = pass;
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next sample to make; a worker waits for it. Null when the ring is closed. */
    Pass.@Nullable Task take() {
        lock.lock();
        try {
            while (!closed) {
                Pass.Task task = current == null ? null : current.take(free);
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

    /** A worker is done with a sample. */
    void finish(Pass.Task task, @Nullable SampleFailure failure) {
        lock.lock();
        try {
            Slot slot = task.slot();
            slot.working--;
            slot.done++;
            if (slot.abandoned) {
                if (slot.working == 0) {
                    release(slot);
                }
                return;
            }
            if (failure != null) {
                task.pass().fail(failure);
            }
            if (slot.isReady() || failure != null) {
                ready.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The slot of a pass's next batch; the consumer waits for it. */
    Slot next(Pass pass) throws IOException {
        long start = System.nanoTime();
        lock.lock();
        try {
            if (!pass.hasNext()) {
                throw new NoSuchElementException("epoch " + pass.epoch + " has no further batch");
            }
            Slot slot = awaitNext(pass);
            waitNanos += System.nanoTime() - start;
            openBatches++;
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private Slot awaitNext(Pass pass) throws IOException {
        while (true) {
            requireOpen();
            if (pass.isOver()) {
                throw new IllegalStateException("epoch " + pass.epoch + " ended when another one began");
            }
            pass.throwFailure();
            Slot slot = pass.pollReady();
            if (slot != null) {
                return slot;
            }
            if (openBatches == depth) {
                throw new IllegalStateException(
                        "all " + openBatches + " batches of the loader are open; close one first");
            }
            ready.awaitUninterruptibly();
        }
    }

    void giveBack(Slot slot) {
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
        if (freed) {
            slot.free();
        } else {
            free.add(slot);
            work.signalAll();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the loader is closed");
        }
    }

    boolean hasNext(Pass pass) {
        lock.lock();
        try {
            return pass.hasNext();
        } finally {
            lock.unlock();
        }
    }

    long waitNanos() {
        lock.lock();
        try {
            return waitNanos;
        } finally {
            lock.unlock();
        }
    }

    /** Sends the workers home. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (current != null) {
                current.abandon(this::release);
                current = null;
            }
            work.signalAll();
            ready.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Frees all memory but that of batches still open; after {@link #close}, when the workers are gone. */
    void free() {
        lock.lock();
        try {
            freed = true;
            free.forEach(Slot::free);
            free.clear();
        } finally {
            lock.unlock();
        }
    }
}
