package io.juxta.runs;

import io.juxta.train.health.Diagnosis;
import io.juxta.train.run.Figure;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * An epoch of a run.
 *
 * @param epoch from 1
 * @param epochs of the whole run
 * @param metrics as {@code metrics.csv} has them
 * @param judgedBy the figure that the run is judged by; in {@code metrics} where it was measured
 * @param diagnosis how the run does
 * @param isNews whether a person should hear of the diagnosis: it differs from the one before, or something is wrong
 */
@API(status = API.Status.EXPERIMENTAL)
public record EpochReport(
        int epoch,
        int epochs,
        Map<String, Double> metrics,
        Figure judgedBy,
        Optional<Diagnosis> diagnosis,
        boolean isNews) {
    public EpochReport {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** What the run is judged by, where it was measured in this epoch. */
    public Optional<Double> judged() {
        return Optional.ofNullable(metrics.get(judgedBy.column()));
    }
}
