package io.juxta.report.page;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which pictures the figures of a run make: what was never measured is left out, what nobody knows comes last. */
final class Charts {
    /** Columns that are compared with each other. */
    private static final List<List<String>> TOGETHER = List.of(
            List.of("acc1", "acc5"),
            List.of("positive_logit", "negative_logit"),
            List.of("d_real", "d_fake"),
            List.of("nce", "nce_idt"),
            List.of("ap50", "ap75"),
            List.of("loss_class", "loss_box"),
            List.of("loss_objectness", "loss_proposal"));

    private static final Map<String, String> TITLES = Map.of(
            "acc1", "Contrastive accuracy",
            "positive_logit", "Logits",
            "d_real", "Discriminator",
            "nce", "PatchNCE",
            "ap50", "AP50 and AP75",
            "loss_class", "Losses of proposals that are drawn",
            "loss_objectness", "Losses of anchors");

    /** The most telling ones, which stand large, unless they are flat. */
    private static final List<String> LARGE_OF_ENCODER =
            List.of("loss", "knn", "embedding_std", "effective_rank", "prototype_entropy", "acc1");

    private static final List<String> LARGE_OF_TRANSLATION = List.of("kid", "nce", "change", "diversity", "d_real");
    private static final List<String> LARGE_OF_DETECTION = List.of("ap", "ap50", "loss", "loss_class");
    private static final int MOST_LARGE = 4;

    /** What is easier while the queue holds random keys. */
    private static final Set<String> OF_THE_QUEUE = Set.of("loss", "acc1", "acc5", "negative_logit", "grad_norm");

    /**
     * Curves that belong in one picture.
     *
     * @param title of the picture
     * @param columns at least one
     * @param reference a value to compare with, where there is one
     * @param isLarge whether it is among the first
     * @param axis what part of the values it shows
     * @param notes sentences on these values
     */
    record Chart(
            String title,
            List<String> columns,
            Optional<Reference> reference,
            boolean isLarge,
            Axis axis,
            List<String> notes) {
        Chart {
            columns = List.copyOf(columns);
            notes = List.copyOf(notes);
        }
    }

    /** A line across a picture, and what it stands for. */
    record Reference(double value, String label) {}

    private Charts() {}

    static List<Chart> of(ReadRun run) {
        Metrics metrics = run.metrics();
        List<String> columns = new ArrayList<>(ShownFigure.order());
        metrics.columns().stream().filter(column -> !columns.contains(column)).forEach(columns::add);
        List<List<String>> together = new ArrayList<>();
        Set<String> done = new HashSet<>();
        for (String column : columns) {
            if (!metrics.of(column).isEmpty() && !done.contains(column)) {
                List<String> group = group(column).stream()
                        .filter(member -> !metrics.of(member).isEmpty())
                        .toList();
                done.addAll(group);
                together.add(group);
            }
        }
        List<String> telling =
                run.translates() ? LARGE_OF_TRANSLATION : run.detects() ? LARGE_OF_DETECTION : LARGE_OF_ENCODER;
        List<String> large = telling.stream()
                .filter(column -> metrics.of(column).size() > 1
                        && !axis(group(column), run).isFlat())
                .limit(MOST_LARGE)
                .toList();
        return together.stream()
                .map(group -> new Chart(
                        title(group),
                        group,
                        reference(group.get(0), run.recipe()),
                        large.contains(group.get(0)),
                        axis(group, run),
                        notes(group, run)))
                .toList();
    }

    private static List<String> group(String column) {
        return TOGETHER.stream()
                .filter(group -> group.contains(column))
                .findFirst()
                .orElse(List.of(column));
    }

    private static Axis axis(List<String> columns, ReadRun run) {
        List<Metrics.Value> values = columns.stream()
                .flatMap(column -> run.metrics().of(column).stream())
                .toList();
        boolean ofTheQueue = columns.stream().anyMatch(OF_THE_QUEUE::contains);
        return Axis.of(
                values,
                ofTheQueue ? run.unsettled() : 0,
                reference(columns.get(0), run.recipe()).map(Reference::value));
    }

    /** What the figure was when it first could be compared with the last; empty where there is no earlier one. */
    static Optional<String> since(String column, ReadRun run) {
        List<Metrics.Value> values = run.metrics().of(column);
        boolean ofTheQueue = OF_THE_QUEUE.contains(column);
        return values.stream()
                .filter(value -> !ofTheQueue || value.epoch() > run.unsettled())
                .findFirst()
                .filter(first -> first.epoch() < values.get(values.size() - 1).epoch())
                .map(first -> ShownFigure.of(column).text(first.value()) + " " + after(first.epoch()));
    }

    private static String after(int epoch) {
        return epoch == 0 ? "before training" : "after epoch " + epoch;
    }

    private static List<String> notes(List<String> columns, ReadRun run) {
        List<String> notes = new ArrayList<>();
        if (columns.size() == 1) {
            since(columns.get(0), run).ifPresent(first -> notes.add("It was " + first + "."));
        }
        Axis axis = axis(columns, run);
        List<Integer> cut =
                axis.cut().stream().map(Metrics.Value::epoch).distinct().toList();
        if (!cut.isEmpty()) {
            boolean beginning = columns.stream().anyMatch(OF_THE_QUEUE::contains)
                    && cut.stream().allMatch(epoch -> epoch <= run.unsettled());
            notes.add("Cut off, and marked by an arrow: "
                    + (cut.size() <= 3
                            ? "epoch " + cut.stream().map(String::valueOf).collect(Collectors.joining(", "))
                            : cut.size() + " epochs")
                    + (beginning
                            ? ", while the queue was filling: its random keys are easy to tell."
                            : ", far from the rest."));
        }
        reference(columns.get(0), run.recipe())
                .filter(line -> line.value() < axis.low() || line.value() > axis.high())
                .ifPresent(line -> notes.add("Not in the picture: " + line.label() + "."));
        return notes;
    }

    private static String title(List<String> columns) {
        if (columns.size() == 1) {
            return ShownFigure.of(columns.get(0)).name();
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
