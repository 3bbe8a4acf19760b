package io.juxta.train.run;

import io.juxta.train.Learner;
import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.io.IOException;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apiguardian.api.API;

/** Saves a run as it goes: each epoch, every few minutes, and when it is stopped. Give it last among the listeners. */
@API(status = API.Status.INTERNAL)
public final class Checkpointing implements Training.Listener {
    private final RunFolder folder;
    private final Learner learner;
    private final Options options;
    private final Figure judgedBy;
    private final LongSupplier clock;
    private final Told told;
    private Position saved;
    private long savedAt;

    public record Options(
            @Means(
                    value = "between two checkpoints within an epoch; 0 for none but at the ends of epochs",
                    unit = "minutes")
            @Range(least = 0, most = 100000)
            @MayChange
            @Default("10")
            double checkpointMinutes,

            @Means(
                    value = "epochs between two checkpoints that are kept for good; 0 for none but last, previous and "
                            + "best",
                    unit = "epochs")
            @Range(least = 0)
            @MayChange
            @Default("0")
            int keepEvery) {
        public Options {
            if (!(checkpointMinutes >= 0 && checkpointMinutes <= 100_000)) {
                throw new IllegalArgumentException("checkpoint-minutes " + checkpointMinutes
                        + " must be at least 0 (0: only at the ends of epochs)");
            }
            if (keepEvery < 0) {
                throw new IllegalArgumentException("keep-every " + keepEvery + " must be at least 0 (0 for never)");
            }
        }
    }

    /** Told that a checkpoint lies on disk. */
    @FunctionalInterface
    public interface Told {
        /** @param at the checkpoint's place in the run */
        void saved(Position at) throws IOException;
    }

    /**
     * @param judgedBy what the best checkpoint is the best by
     * @param from where the run begins
     */
    public Checkpointing(
            RunFolder folder, Learner learner, Options options, Figure judgedBy, Position from, Told told) {
        this(folder, learner, options, judgedBy, from, told, System::nanoTime);
    }

    /** @param clock in nanoseconds */
    Checkpointing(
            RunFolder folder,
            Learner learner,
            Options options,
            Figure judgedBy,
            Position from,
            Told told,
            LongSupplier clock) {
        this.told = told;
        this.folder = folder;
        this.learner = learner;
        this.options = options;
        this.judgedBy = judgedBy;
        this.clock = clock;
        saved = from;
        savedAt = clock.getAsLong();
    }

    @Override
    public void step(Position after, double lr, Map<String, Double> metrics) throws IOException {
        if (options.checkpointMinutes() > 0 && clock.getAsLong() - savedAt >= options.checkpointMinutes() * 60e9) {
            save(after);
        }
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
        int epochs = epoch + 1;
        folder.metrics().add(epochs, metrics);
        // the checkpoint comes last: cut off before it, the run does the rest of the epoch again
        folder.saveNetwork(learner);
        save(Position.afterEpochs(epochs));
        if (folder.metrics()
                .best(judgedBy)
                .filter(best -> best.epoch() == epochs)
                .isPresent()) {
            folder.keepAsBest();
        }
        if (options.keepEvery() > 0 && epochs % options.keepEvery() == 0) {
            folder.keepEpoch(epochs);
        }
    }

    @Override
    public void stopped(Position at) throws IOException {
        if (!at.isAt(saved)) {
            save(at);
        }
    }

    private void save(Position at) throws IOException {
        folder.save(learner, at);
        saved = at;
        savedAt = clock.getAsLong();
        told.saved(at);
    }
}
