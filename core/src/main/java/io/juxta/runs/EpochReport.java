package io.juxta.runs;

import io.juxta.train.health.Diagnosis;
import io.juxta.train.run.Figure;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
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

    /** {@code epoch 3/20: loss 5.1234, acc1 61.3 %, lr 0.03, 410 images/s, waiting 2 %, kNN 64.20 %}. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "epoch %d/%d: loss %.4f, %s, lr %.4g, %.0f images/s, waiting %.0f %%",
                epoch,
                epochs,
                metrics.get("loss"),
                MetricsText.of(metrics),
                metrics.get("lr"),
                metrics.get("images_per_second"),
                100 * metrics.getOrDefault("waiting_share", 0.0)));
        judged().ifPresent(judged -> line.append(", ")
                .append(judgedBy.label())
                .append(' ')
                .append(String.format(Locale.ROOT, judgedBy.format(), judged)));
        return line.toString();
    }

    /** The diagnosis where a person should hear of it. */
    public Optional<Diagnosis> news() {
        return diagnosis.filter(found -> isNews);
    }

    /** What the run is judged by, where it was measured in this epoch. */
    public Optional<Double> judged() {
        return Optional.ofNullable(metrics.get(judgedBy.column()));
    }
}
