package io.juxta.runs;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a line says of an epoch's or a step's figures. */
final class MetricsText {
    private MetricsText() {}

    /**
     * How often the method is right, by whatever it calls that; what tells most of one that is not right or wrong; of a translation or a
     * detector, what its parts cost.
     */
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
        for (String share : List.of("acc1", "agreement")) {
            if (metrics.containsKey(share)) {
                return String.format(Locale.ROOT, "%s %.1f %%", share, metrics.get(share));
            }
        }
        return Stream.of("target_cosine", "target_entropy", "off_diagonal", "variance", "grad_norm")
                .filter(metrics::containsKey)
                .findFirst()
                .map(name -> String.format(Locale.ROOT, "%s %.3f", name, metrics.get(name)))
                .orElse("no other figure");
    }
}
