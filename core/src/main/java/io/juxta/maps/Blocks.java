package io.juxta.maps;

import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Points in blocks of one size, shared by threads that end with this; what a block does may depend on nothing of another. */
final class Blocks implements AutoCloseable {
    private static final int SIZE = 512;

    private final int n;
    private final ExecutorService pool;

    /** Work on the points from one to before another. */
    interface Work {
        void on(int first, int last);
    }

    Blocks(int n, int threads) {
        this.n = n;
        this.pool = Executors.newFixedThreadPool(threads, task -> new Thread(task, "map"));
    }

    void run(Work work) throws InterruptedIOException {
        Stop.ifInterrupted();
        List<Callable<Void>> blocks = new ArrayList<>();
        for (int first = 0; first < n; first += SIZE) {
            int from = first;
            blocks.add(() -> {
                work.on(from, Math.min(n, from + SIZE));
                return null;
            });
        }
        try {
            for (Future<Void> done : pool.invokeAll(blocks)) {
                done.get();
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Waits for what was begun. */
    @Override
    public void close() {
        pool.shutdownNow();
        boolean interrupted = Thread.interrupted();
        while (!pool.isTerminated()) {
            try {
                pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
