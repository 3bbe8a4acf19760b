package io.juxta.cli;

import io.juxta.runs.StatusText;
import io.juxta.torch.Computing;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets long work end in good order on Ctrl-C (or a plain kill): the work asks now and then whether it should stop, and
 * the JVM, already on its way out, waits for {@link #close}, and for the command's last word, before it ends with 130
 * (143).
 *
 * <p>As long as it is open the library's own hook, {@link Computing}, lets go on whatever computes; once it is closed,
 * nothing more is begun.
 *
 * <pre>{@code
 * try (Interruption interruption = Interruption.watch("saving what is done")) {
 *     while (more() && !interruption.requested()) step();
 *     checkpoint();
 * }
 * }</pre>
 */
final class Interruption implements AutoCloseable {
    /** How long a command may take, once its work has ended, to say so. */
    private static final int LAST_WORD_SECONDS = 10;

    /** Open until the command has said its last word; open from the start where nobody said that it will. */
    private static volatile CountDownLatch lastWord = new CountDownLatch(0);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onExit, "interruption");
    private final Computing held = Computing.hold();
    private final String word;
    private volatile boolean requested;
    private final @Nullable Thread worker;

    private Interruption(String word, @Nullable Thread worker) {
        this.word = word;
        this.worker = worker;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** @param word shown on a terminal while the work comes to its end */
    static Interruption watch(String word) {
        return new Interruption(word, null);
    }

    /**
     * For work that asks its own thread: it is interrupted. libtorch must not be at work while the JVM takes it down, or
     * that ends in a crash.
     */
    static Interruption ofThisThread() {
        return new Interruption("ending", Thread.currentThread());
    }

    private synchronized void request() {
        requested = true;
        Optional.ofNullable(worker).ifPresent(Thread::interrupt);
    }

    /** Runs a command whose last word is waited for. */
    static int untilLastWord(IntSupplier command) {
        CountDownLatch said = new CountDownLatch(1);
        lastWord = said;
        try {
            return command.getAsInt();
        } finally {
            said.countDown();
        }
    }

    /** True from the moment the JVM is told to end. */
    boolean requested() {
        return requested;
    }

    private void onExit() {
        request();
        if (closed.getCount() > 0 && Colour.isTerminal()) {
            Screen.installed().ifPresent(screen -> screen.lastStatus(columns -> StatusText.cut(word, columns)));
        }
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
