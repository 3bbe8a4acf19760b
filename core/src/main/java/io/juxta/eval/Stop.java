package io.juxta.eval;

import java.io.InterruptedIOException;

/** Lets long work end between two batches. */
final class Stop {
    private Stop() {}

    /** @throws InterruptedIOException when this thread is interrupted, which it is no longer then */
    static void ifInterrupted() throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("interrupted");
        }
    }
}
