package io.juxta.runs;

import io.juxta.data.BatchSource;
import io.juxta.train.Pace;
import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosing;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.log.RunLog;
import io.juxta.train.run.Figure;
import io.juxta.train.run.RunFolder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells a run's listener what the loop tells, as values. */
final class RunTelling implements Training.Listener {
    private final RunListener told;
    private final Consumer<EpochReport> after;
    private final TrainingOptions options;
    private final Figure judgedBy;
    private final Pace pace;
    private Optional<Diagnosis> diagnosis = Optional.empty();
    private boolean isNews;

    /**
     * @param after does what follows from an epoch's report
     * @param from where the run begins
     */
    RunTelling(
            RunListener told,
            Consumer<EpochReport> after,
            TrainingOptions options,
            BatchSource loader,
            Figure judgedBy,
            Position from) {
        this.told = told;
        this.after = after;
        this.options = options;
        this.judgedBy = judgedBy;
        pace = new Pace(options, loader.batches(), from);
    }

    /** Steps, and that an epoch's are over: to be given first, before others judge and save. */
    Training.Listener steps() {
        return new Training.Listener() {
            @Override
            public void step(Position after, double lr, Map<String, Double> metrics) {
                told.step(new StepReport(pace.step(after, metrics), options.batchSize(), lr, metrics));
            }

            @Override
            public void epoch(int epoch, Map<String, Double> metrics) {
                told.judging(epoch + 1, options.epochs());
            }
        };
    }

    /** Diagnoses each epoch, for the log and for the epoch's report. */
    Diagnosing diagnosing(Diagnosis.Task task, RunFolder run, RunLog log) {
        return new Diagnosing(task, run.metrics().rows(), (epochs, found, news) -> {
            log.health(epochs, found);
            diagnosis = Optional.of(found);
            isNews = news;
        });
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) {
        EpochReport report = new EpochReport(epoch + 1, options.epochs(), metrics, judgedBy, diagnosis, isNews);
        told.epoch(report);
        after.accept(report);
        diagnosis = Optional.empty();
        isNews = false;
    }
}
