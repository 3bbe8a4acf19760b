package io.juxta.serve;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apiguardian.api.API;

/**
 * Interrupts what takes too long, in the thread that does it. An interrupted read from a connection of the JDK's server
 * closes it; an interrupted wait for an embedding ends.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Deadlines implements AutoCloseable {
    /** What may take only so long. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /** It took longer. */
    public static final class Exceeded extends IOException {
        private static final long serialVersionUID = 1;

        Exceeded(Duration limit, Throwable cause) {
            super("took longer than " + limit.toSeconds() + " s", cause);
        }
    }

    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "deadlines");
        thread.setDaemon(true);
        return thread;
    });

    public Deadlines() {
        clock.setRemoveOnCancelPolicy(true);
    }

    /**
     * Does something in this thread. Whatever it throws once it has been interrupted for this becomes an
     * {@link Exceeded}; the mark of the interruption is gone then.
     */
    public <T> T within(Duration limit, Work<T> work) throws IOException {
        Alarm alarm = new Alarm(Thread.currentThread());
        ScheduledFuture<?> scheduled = clock.schedule(alarm::ring, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            T result = work.run();
            alarm.off();
            return result;
        } catch (IOException | RuntimeException e) {
            if (alarm.off()) {
                throw new Exceeded(limit, e);
            }
            throw e;
        } finally {
            scheduled.cancel(false);
            alarm.off();
        }
    }

    /** Rings at most once, and never after it is off. */
    private static final class Alarm {
        private final Thread thread;
        private boolean off;
        private boolean rang;

        Alarm(Thread thread) {
            this.thread = thread;
        }

        synchronized void ring() {
            if (!off) {
                rang = true;
                thread.interrupt();
            }
        }

        /** Whether it had rung. */
        synchronized boolean off() {
            if (!off && rang) {
                Thread.interrupted(); // the mark is of this alarm
            }
            off = true;
            return rang;
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
