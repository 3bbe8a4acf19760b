package io.juxta.runs;

import io.juxta.train.Pace;
import java.util.Collections;
import java.util.LinkedHashMap;
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

    /** What a line says of the method's figures: {@code acc1 61.3 %}. */
    public String details() {
        return MetricsText.of(metrics);
    }
}
