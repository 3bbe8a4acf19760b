package io.juxta.report;

import io.juxta.train.Position;
import io.juxta.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes pictures of a run after epochs, and writes its {@code report.html}; what the pictures are of, the kinds of run
 * know.
 *
 * <p>A report that cannot be made is a warning, and the run goes on without. Everything happens in the caller's thread.
 */
abstract class Reporting implements Training.Listener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reporting.class);

    private final Path run;
    private final int epochs;
    private final int every;
    private final BooleanSupplier saved;
    /** Whether the report is behind what the run's folder holds. */
    private boolean stale;

    private boolean warned;

    /**
     * @param run the run's folder
     * @param epochs of the whole run
     * @param saved asked at the end whether anything of the run is kept: otherwise all this is taken away again
     */
    Reporting(Path run, int epochs, Snapshots.Options options, BooleanSupplier saved) {
        this.run = run;
        this.epochs = epochs;
        this.every = options.reportEvery();
        this.saved = saved;
    }

    /** Whether there are to be pictures at all. */
    boolean takesPictures() {
        return every > 0;
    }

    /** @param finished epochs */
    abstract void take(int finished) throws IOException;

    /** Takes away all pictures. */
    abstract void delete() throws IOException;

    /** Takes pictures, and writes a report that has them. */
    void report(int finished) throws IOException {
        take(finished);
        Report.write(run);
    }

    @Override
    public void stopped(Position at) {
        stale = every > 0;
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) {
        int finished = epoch + 1;
        stale = every > 0;
        if (every > 0 && (finished % every == 0 || finished == epochs)) {
            guarded(() -> report(finished));
            stale = false;
        }
    }

    /** Something that writes. */
    interface Writing {
        void run() throws IOException;
    }

    void guarded(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            if (!warned) {
                log.warn("the report is not up to date: {}", e.getMessage());
            }
            warned = true;
        }
    }

    /** Writes the report of a run that ended between two; of a run of which nothing is kept, takes all away again. */
    @Override
    public void close() {
        if (!saved.getAsBoolean()) {
            guarded(() -> {
                delete();
                Report.delete(run);
            });
        } else if (stale) {
            guarded(() -> Report.write(run));
        }
    }
}
