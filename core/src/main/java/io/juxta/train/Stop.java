package io.juxta.train;

import java.io.InterruptedIOException;

/** Lets long work end between two batches. */
public final class Stop {
    private Stop() {}

    /** @throws InterruptedIOException when this thread is interrupted, which it is no longer then */
    public static void ifInterrupted() throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("interrupted");
        }
    }
}
