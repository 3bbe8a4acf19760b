package io.juxta.train;

import java.io.InterruptedIOException;
import org.apiguardian.api.API;

/** Lets long work end between two batches. */
@API(status = API.Status.INTERNAL)
public final class Stop {
    private Stop() {}

    /** @throws InterruptedIOException when this thread is interrupted, which it is no longer then */
    public static void ifInterrupted() throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("interrupted");
        }
    }
}
