package io.juxta.curation;

import io.juxta.curation.Measures.Fault;
import io.juxta.data.Dataset;
import io.juxta.data.FileState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Measures all pictures of a data set, several at once, and keeps what is measured in a file: pictures whose files are what
 * they were are not read again. The threads end with the call; who is told is told in the caller's.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class MeasuringPass {
    private final Dataset images;
    private final Path kept;
    private final int threads;

    /**
     * @param kept the file; what is in it and still true is not measured again
     * @param threads at least 1
     */
    public MeasuringPass(Dataset images, Path kept, int threads) {
        this.images = images;
        this.kept = kept;
        this.threads = threads;
    }

    /**
     * Does it.
     *
     * @param progress is told how many more are done
     * @return one for each picture, in the set's order
     * @throws InterruptedIOException when this thread is interrupted; what is measured is kept
     * @throws IOException when nothing can be written
     */
    public List<Measures> run(IntConsumer progress) throws IOException {
        Map<String, Measures> known = Journal.read(kept);
        @Nullable Measures[] all = new Measures[images.size()];
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            Measures before = known.get(images.name(i));
            if (before != null && isStillTrue(before, i)) {
                all[i] = before;
            } else {
                left.add(i);
            }
        }
        progress.accept(all.length - left.size());
        List<Measures> still = Arrays.stream(all).filter(Objects::nonNull).toList();
        try (Journal journal = Journal.begin(kept, still)) {
            measure(left, all, journal, progress);
        }
        return List.of(all);
    }

    /** Only files say whether they have changed. */
    private boolean isStillTrue(Measures before, int index) {
        FileState state = images.fileState(index).orElse(null);
        return state != null
                && before.fault() != Fault.CHANGED
                && before.bytes() == state.size()
                && before.modified() == state.modified();
    }

    private void measure(List<Integer> left, @Nullable Measures[] all, Journal journal, IntConsumer progress)
            throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(threads, made -> new Thread(made, "juxta-curate"));
        var measuring = new ExecutorCompletionService<Integer>(pool);
        int begun = 0;
        try {
            for (int ended = 0; ended < left.size(); ended++) {
                while (begun < left.size() && begun - ended < 2 * threads) {
                    int index = left.get(begun++);
                    measuring.submit(() -> all[index] = Measuring.of(images, index), index);
                }
                int done = measuring.take().get();
                journal.add(Objects.requireNonNull(all[done]));
                progress.accept(1);
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted: what is measured is kept, the same command goes on");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            end(pool);
        }
    }

    /** Nobody reads any more when this returns; what was begun is let finish. */
    private static void end(ExecutorService pool) {
        pool.shutdownNow();
        boolean interrupted = false;
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
