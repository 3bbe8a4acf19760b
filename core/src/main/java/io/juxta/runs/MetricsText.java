package io.juxta.runs;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a line says of an epoch's or a step's figures. */
final class MetricsText {
    private MetricsText() {}

    /** How often the method is right, by whatever it calls that; of a translation or a detector, what its parts cost. */
    static String of(Map<String, Double> metrics) {
        if (metrics.containsKey("g_gan")) {
            return Stream.of("g_gan", "d_real", "d_fake", "nce", "nce_idt")
                    .filter(metrics::containsKey)
                    .map(name -> String.format(Locale.ROOT, "%s %.3f", name, metrics.get(name)))
                    .collect(Collectors.joining(", "));
        }
        if (metrics.containsKey("loss_proposal")) {
            return Stream.of("class", "box", "objectness", "proposal")
                    .map(name -> String.format(Locale.ROOT, "%s %.3f", name, metrics.get("loss_" + name)))
                    .collect(Collectors.joining(", "));
        }
        String name = metrics.containsKey("acc1") ? "acc1" : "agreement";
        return String.format(Locale.ROOT, "%s %.1f %%", name, metrics.get(name));
    }
}
