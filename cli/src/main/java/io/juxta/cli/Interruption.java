package io.juxta.cli;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Lets long work end in good order on Ctrl-C (or a plain kill): the work asks now and then whether it should stop, and
 * the JVM, already on its way out, waits for {@link #close} before it ends with 130 (143).
 *
 * <pre>{@code
 * try (Interruption interruption = Interruption.watch()) {
 *     while (more() && !interruption.requested()) step();
 *     checkpoint();
 * }
 * }</pre>
 */
final class Interruption implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onExit, "interruption");
    private volatile boolean requested;

    private final Optional<Thread> worker;

    private Interruption(Optional<Thread> worker) {
        this.worker = worker;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static Interruption watch() {
        return new Interruption(Optional.empty());
    }

    /**
     * For work that asks its own thread: it is interrupted. libtorch must not be at work while the JVM takes it down, or
     * that ends in a crash.
     */
    static Interruption ofThisThread() {
        return new Interruption(Optional.of(Thread.currentThread()));
    }

    /** True from the moment the JVM is told to end. */
    boolean requested() {
        return requested;
    }

    private void onExit() {
        requested = true;
        worker.ifPresent(Thread::interrupt);
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the JVM began to end between the two lines: the hook finds the latch open
                requested = true;
            }
        }
    }
}
