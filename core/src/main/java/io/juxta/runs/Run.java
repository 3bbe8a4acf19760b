package io.juxta.runs;

import java.io.IOException;
import java.nio.file.Path;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * A run that goes on in a thread of its own, until its last epoch or until it is asked to stop.
 *
 * <pre>{@code
 * Run run = Pretraining.by(Recipe.named("folder/moco-v2")).on(photos).into(folder).start();
 * run.stop();                      // from any thread: the step at hand is finished, and a checkpoint written
 * RunResult result = run.await();
 * }</pre>
 *
 * <p>Its thread is no daemon: a program's end waits for it. When the JVM is told to end, the run stops in good order, and the
 * JVM waits for its checkpoint.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Run {
    private final Path folder;
    private final Stopping stopping = new Stopping();
    private final Thread thread;
    private @Nullable RunResult result;
    private @Nullable Throwable failure;

    /** What a run does. */
    @FunctionalInterface
    interface Work {
        RunResult run(Stopping stopping) throws IOException;
    }

    private Run(Path folder, Work work, Runnable ended) {
        this.folder = folder;
        thread = new Thread(() -> work(work, ended), "juxta-run");
    }

    static Run begin(Path folder, Work work, Runnable ended) {
        Run run = new Run(folder, work, ended);
        run.thread.start();
        return run;
    }

    private void work(Work work, Runnable ended) {
        try (Interruption interruption = Interruption.watch(stopping::request)) {
            result = work.run(stopping);
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        } finally {
            ended.run();
        }
    }

    /** Its folder. */
    public Path folder() {
        return folder;
    }

    /** Asks it to stop after the step at hand, with a checkpoint, and returns at once. From any thread, as often as you like. */
    public void stop() {
        stopping.request();
    }

    /** Whether it has ended, in whichever way. */
    public boolean isOver() {
        return thread.getState() == Thread.State.TERMINATED;
    }

    /**
     * Waits for its end.
     *
     * @throws IOException when it failed by what can be mended, in one line: images that cannot be read, a full disk, another
     *     process that is gone; an {@link java.io.InterruptedIOException} when it was stopped before there was anything to
     *     keep
     * @throws IllegalArgumentException when a value of the recipe does not fit
     * @throws io.juxta.train.DivergedException when a loss is no number
     * @throws InterruptedException when the thread that waits is interrupted: the run goes on
     */
    public RunResult await() throws IOException, InterruptedException {
        thread.join();
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        RunResult ended = result;
        if (ended == null) {
            throw new IllegalStateException("a run ended with neither a result nor a failure");
        }
        return ended;
    }
}
