package io.juxta.runs;

import io.juxta.train.Pace;
import io.juxta.train.health.Diagnosis;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/** A run told to a person: a line for each epoch, another where something is wrong, and progress within the epoch. */
@API(status = API.Status.EXPERIMENTAL)
public class RunLines extends WorkLines implements RunListener {
    /**
     * @param line gets notes and epochs
     * @param kind how progress within an epoch is shown
     */
    public RunLines(Consumer<String> line, Progress.Kind kind) {
        super(line, kind);
    }

    @Override
    public void step(StepReport step) {
        Pace.Now now = step.now();
        // a resumed epoch has fewer steps left
        long images = (now.steps() - now.step() + 1L) * step.batchSize();
        progress("epoch " + now.epoch() + "/" + now.epochs(), "images", images)
                .advance(step.batchSize(), step.toString());
    }

    @Override
    public void judging(int epoch, int epochs) {
        close();
    }

    @Override
    public void epoch(EpochReport epoch) {
        say(epoch.toString());
        epoch.news().map(this::said).ifPresent(this::say);
    }

    /** What is said of a diagnosis that a person should hear of. */
    protected String said(Diagnosis diagnosis) {
        return diagnosis.toString();
    }
}
