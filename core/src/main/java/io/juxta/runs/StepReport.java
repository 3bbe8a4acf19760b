package io.juxta.runs;

import io.juxta.train.Pace;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * A step of a run.
 *
 * @param now where the run stands, how fast it is and how long it will take
 * @param batchSize images of a step, in all processes
 * @param learningRate of the step
 * @param metrics of the step, by the names that {@code metrics.csv} has for their means
 */
@API(status = API.Status.EXPERIMENTAL)
public record StepReport(Pace.Now now, int batchSize, double learningRate, Map<String, Double> metrics) {
    public StepReport {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** {@code step 12/97, loss 5.123, acc1 61.3 %, lr 0.03, waiting 2 %, run 1:03:20 left}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "step %d/%d, loss %.3f, %s, lr %.4g, waiting %.0f %%, run %s left",
                now.step(),
                now.steps(),
                now.loss(),
                details(),
                learningRate,
                100 * now.waitingShare(),
                StatusText.duration(now.runSecondsLeft()));
    }

    /** What a line says of the method's figures: {@code acc1 61.3 %}. */
    public String details() {
        return MetricsText.of(metrics);
    }
}
