package io.juxta.runs;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run was asked to stop. The loop asks after every step; a part of the work of which nothing is kept is broken off
 * by interrupting the thread that does it, and only that part is.
 */
final class Stopping {
    private volatile boolean requested;
    private @Nullable Thread worker;

    /** Work that may be broken off anywhere, since nothing of it is kept. */
    @FunctionalInterface
    interface Disposable<T> {
        T run() throws IOException;
    }

    /** From any thread. */
    synchronized void request() {
        requested = true;
        if (worker != null) {
            worker.interrupt();
        }
    }

    boolean requested() {
        return requested;
    }

    /**
     * Does a part of the work that is not worth an end in good order.
     *
     * @throws InterruptedIOException when it was asked to stop, before or meanwhile
     */
    <T> T disposable(Disposable<T> part) throws IOException {
        begin();
        try {
            return part.run();
        } finally {
            end();
        }
    }

    private synchronized void begin() throws InterruptedIOException {
        if (requested) {
            throw new InterruptedIOException("interrupted");
        }
        worker = Thread.currentThread();
    }

    private synchronized void end() {
        worker = null;
        if (requested) {
            // it came too late for this part, and what follows, such as writing a checkpoint, must not be broken off
            Thread.interrupted();
        }
    }
}
