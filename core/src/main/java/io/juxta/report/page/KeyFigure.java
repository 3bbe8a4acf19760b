package io.juxta.report.page;

import io.juxta.train.run.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One of the three figures that stand first.
 *
 * @param column of the metrics
 * @param value as people read it, where the terminal shows it too; otherwise the page writes its last value
 * @param notes what it is to be compared with
 */
record KeyFigure(String column, Optional<String> value, List<String> notes) {
    private static final int SHOWN = 3;

    private static final List<String> OF_ENCODER =
            List.of("knn", "loss", "effective_rank", "prototype_entropy", "acc1", "images_per_second");
    private static final List<String> OF_TRANSLATION =
            List.of("kid", "nce", "change", "diversity", "loss", "images_per_second");

    private static final List<String> OF_DETECTION = List.of("ap50", "ap", "ap75", "loss", "images_per_second");

    KeyFigure {
        notes = List.copyOf(notes);
    }

    static List<KeyFigure> of(ReadRun run) {
        List<String> columns = run.translates() ? OF_TRANSLATION : run.detects() ? OF_DETECTION : OF_ENCODER;
        return columns.stream()
                .filter(column -> !run.metrics().of(column).isEmpty())
                .limit(SHOWN)
                .map(column -> of(column, run))
                .toList();
    }

    private static KeyFigure of(String column, ReadRun run) {
        if (column.equals(Figure.KNN.column())) {
            return judged(Figure.KNN, "untrained encoder", run.metrics());
        }
        if (column.equals(Figure.KID.column())) {
            return judged(Figure.KID, "untranslated sources", run.metrics());
        }
        if (column.equals(Figure.AP.column())) {
            return judged(Figure.AP, "untrained detector", run.metrics());
        }
        Optional<Double> line = column.equals("loss")
                ? run.recipe().lossOfKnowingNothing()
                : column.equals("nce") ? run.recipe().nceOfKnowingNothing() : Optional.empty();
        if (line.isPresent()) {
            return new KeyFigure(
                    column,
                    Optional.empty(),
                    List.of(String.format(Locale.ROOT, "knowing nothing costs %.2f", line.get())));
        }
        return new KeyFigure(
                column, Optional.empty(), Charts.since(column, run).stream().toList());
    }

    /** The last and the best after an epoch, by the same rule as the checkpoint that is kept as the best. */
    private static KeyFigure judged(Figure figure, String before, Metrics metrics) {
        List<Metrics.Value> all = metrics.of(figure.column());
        List<Metrics.Value> trained =
                all.stream().filter(value -> value.epoch() > 0).toList();
        List<String> notes = new ArrayList<>();
        trained.stream()
                .reduce((best, next) -> figure.isBetter(next.value(), best.value()) ? next : best)
                .ifPresent(best -> notes.add("best " + text(figure, best) + " (epoch " + best.epoch() + ")"));
        Metrics.Value last = all.get(all.size() - 1);
        if (all.get(0).epoch() == 0) {
            notes.add(before + (trained.isEmpty() ? "" : " " + text(figure, all.get(0))));
        }
        return new KeyFigure(figure.column(), Optional.of(text(figure, last)), notes);
    }

    private static String text(Figure figure, Metrics.Value value) {
        return String.format(Locale.ROOT, figure.format(), value.value());
    }
}
