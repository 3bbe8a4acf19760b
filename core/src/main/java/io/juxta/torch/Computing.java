package io.juxta.torch;

import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM from ending while libtorch computes: its libraries would be taken down under the threads that run in them,
 * and that ends in a crash. Whoever computes says so, a batch or a step at a time:
 *
 * <pre>{@code
 * try (Computing computing = Computing.begin()) {
 *     ...
 * }
 * }</pre>
 *
 * <p>From the moment the JVM is told to end ({@code System.exit}, SIGTERM, the end of {@code main} where only daemons are
 * left), a shutdown hook of this class's own lets nothing more begin, and waits for what is being computed, a minute at
 * most. A program that wants to do more before it ends, as to save what it has, holds the end up by {@link #hold}: as long as
 * it does, everything goes on.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Computing implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 60_000;

    private static int computing;
    private static int holding;
    private static boolean ending;
    private static @Nullable Thread hook;

    /** The JVM is ending, and nothing more is computed. */
    public static final class EndingException extends IllegalStateException {
        private static final long serialVersionUID = 1;

        EndingException(@Nullable Throwable cause) {
            super("the JVM is ending: nothing more is computed", cause);
        }
    }

    private final boolean holds;
    private boolean closed;

    private Computing(boolean holds) {
        this.holds = holds;
    }

    /**
     * Something is computed until this is closed; it should take seconds. May be nested.
     *
     * @throws EndingException when the JVM is ending, and nobody holds it up
     */
    public static Computing begin() {
        return begin(false);
    }

    /**
     * The JVM does not end until this is closed, however long that takes. Whoever holds it up has a shutdown hook of their own
     * that tells them when to come to an end.
     *
     * @throws EndingException when the JVM is ending already
     */
    public static Computing hold() {
        return begin(true);
    }

    /** @throws EndingException when the JVM is ending, and nobody holds it up: between two parts of a long work */
    public static void check() {
        begin(false).close();
    }

    private static Computing begin(boolean holds) {
        synchronized (Computing.class) {
            if (hook == null) {
                Thread made = new Thread(Computing::onExit, "juxta-computing");
                try {
                    Runtime.getRuntime().addShutdownHook(made);
                } catch (IllegalStateException e) {
                    throw new EndingException(e);
                }
                hook = made;
            }
            if (ending && (holds || holding == 0)) {
                throw new EndingException(null);
            }
            if (holds) {
                holding++;
            } else {
                computing++;
            }
        }
        return new Computing(holds);
    }

    private static void onExit() {
        synchronized (Computing.class) {
            ending = true;
            try {
                while (holding > 0) {
                    Computing.class.wait();
                }
                long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
                for (long left = PATIENCE_MILLIS; computing > 0 && left > 0; ) {
                    Computing.class.wait(left);
                    left = (end - System.nanoTime()) / 1_000_000;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A second call does nothing. */
    @Override
    public void close() {
        synchronized (Computing.class) {
            if (closed) {
                return;
            }
            closed = true;
            if (holds) {
                holding--;
            } else {
                computing--;
            }
            Computing.class.notifyAll();
        }
    }
}
