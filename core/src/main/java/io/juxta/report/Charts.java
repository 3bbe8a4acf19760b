package io.juxta.report;

import io.juxta.report.Figure.Chart;
import io.juxta.report.Figure.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which pictures the figures of a run make: what was never measured is left out, what nobody knows comes last. */
final class Charts {
    /** Columns that are compared with each other. */
    private static final List<List<String>> TOGETHER = List.of(
            List.of("acc1", "acc5"),
            List.of("positive_logit", "negative_logit"),
            List.of("d_real", "d_fake"),
            List.of("nce", "nce_idt"));

    private static final Map<String, String> TITLES = Map.of(
            "acc1", "Contrastive accuracy",
            "positive_logit", "Logits",
            "d_real", "Discriminator",
            "nce", "PatchNCE");

    private Charts() {}

    static List<Chart> of(Metrics metrics, RecipeSaid recipe) {
        List<String> columns = new ArrayList<>(Figure.order());
        metrics.columns().stream().filter(column -> !columns.contains(column)).forEach(columns::add);
        List<String> measured = measured(metrics);
        Set<String> done = new HashSet<>();
        List<Chart> charts = new ArrayList<>();
        for (String column : columns) {
            if (measured.contains(column) && !done.contains(column)) {
                List<String> together =
                        TOGETHER.stream()
                                .filter(group -> group.contains(column))
                                .findFirst()
                                .orElse(List.of(column))
                                .stream()
                                .filter(measured::contains)
                                .toList();
                done.addAll(together);
                charts.add(new Chart(title(together), together, reference(column, recipe)));
            }
        }
        return charts;
    }

    /** The columns that hold a value. */
    private static List<String> measured(Metrics metrics) {
        List<String> measured = new ArrayList<>();
        for (int i = 0; i < metrics.columns().size(); i++) {
            int column = i;
            if (metrics.rows().stream().anyMatch(row -> row.values().get(column).isPresent())) {
                measured.add(metrics.columns().get(i));
            }
        }
        return measured;
    }

    private static String title(List<String> columns) {
        if (columns.size() == 1) {
            return Figure.of(columns.get(0)).name();
        }
        return TITLES.getOrDefault(columns.get(0), columns.get(0));
    }

    private static Optional<Reference> reference(String column, RecipeSaid recipe) {
        if (column.equals("loss") || column.equals("nce")) {
            Optional<Double> knowingNothing =
                    column.equals("loss") ? recipe.lossOfKnowingNothing() : recipe.nceOfKnowingNothing();
            return knowingNothing.map(
                    value -> new Reference(value, String.format(Locale.ROOT, "knows nothing: %.2f", value)));
        }
        if (column.equals("embedding_std")) {
            return Optional.of(new Reference(1, "evenly spread: 1"));
        }
        return Optional.empty();
    }
}
