package io.juxta.runs;

import io.juxta.torch.Computing;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apiguardian.api.API;

/**
 * Lets long work end in good order on Ctrl-C, a plain kill or {@code System.exit}: the work asks now and then whether it should
 * stop, and the JVM, already on its way out, waits for {@link #close}, and for a program's last word, before it ends.
 *
 * <p>As long as it is open the library's own hook, {@link Computing}, lets go on whatever computes; once it is closed, nothing
 * more is begun.
 *
 * <pre>{@code
 * try (Interruption interruption = Interruption.watch(() -> log.info("saving what is done"))) {
 *     while (more() && !interruption.requested()) step();
 *     save();
 * }
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Interruption implements AutoCloseable {
    /** How long a program may take, once its work has ended, to say so. */
    private static final int LAST_WORD_SECONDS = 10;

    /** Open until the program has said its last word; open from the start where nobody said that it will. */
    private static volatile CountDownLatch lastWord = new CountDownLatch(0);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onExit, "juxta-interruption");
    private final Computing held = Computing.hold();
    private final Runnable asked;
    private volatile boolean requested;

    private Interruption(Runnable asked) {
        this.asked = asked;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending already, and somebody holds that up: stop as soon as there is something to keep
            request();
        }
    }

    /**
     * For work that asks whether it should stop.
     *
     * @param asked called once, in a thread of the JVM's, when the work is to come to its end
     * @throws Computing.EndingException when the JVM is ending already
     */
    public static Interruption watch(Runnable asked) {
        return new Interruption(asked);
    }

    /**
     * For work that is done in this thread and that may be broken off: the thread is interrupted.
     *
     * @param asked as for {@link #watch}
     * @throws Computing.EndingException when the JVM is ending already
     */
    public static Interruption ofThisThread(Runnable asked) {
        Thread worker = Thread.currentThread();
        return new Interruption(() -> {
            worker.interrupt();
            asked.run();
        });
    }

    /** Runs a program whose last word is waited for, ten seconds at most, once its work has ended; gives its exit status. */
    public static int untilLastWord(IntSupplier program) {
        CountDownLatch said = new CountDownLatch(1);
        lastWord = said;
        try {
            return program.getAsInt();
        } finally {
            said.countDown();
        }
    }

    /** True from the moment the JVM is told to end. */
    public boolean requested() {
        return requested;
    }

    private void request() {
        requested = true;
        if (closed.getCount() > 0) {
            asked.run();
        }
    }

    private void onExit() {
        try {
            request();
        } finally {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            closed.await();
            lastWord.await(LAST_WORD_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        held.close();
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
