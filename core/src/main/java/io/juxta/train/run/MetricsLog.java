package io.juxta.train.run;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * {@code metrics.csv}: a row for each epoch, and one before the first. Its text is part of every checkpoint, and a
 * resumed run begins with its checkpoint's.
 */
@API(status = API.Status.INTERNAL)
public final class MetricsLog {
    /** New ones go to the end: a checkpoint may remember rows without them. */
    private static final List<String> COLUMNS = List.of(
            "loss",
            "acc1",
            "acc5",
            "lr",
            "seconds",
            "images_per_second",
            "waiting_share",
            "resident_mib",
            "knn",
            "momentum",
            "grad_norm",
            "positive_logit",
            "negative_logit",
            "queue_age",
            "embedding_std",
            "effective_rank",
            "mean_cosine",
            "agreement",
            "sharpness",
            "prototype_entropy",
            "dead_prototypes",
            "g_gan",
            "d_real",
            "d_fake",
            "nce",
            "nce_idt",
            "l1_identity",
            "r1",
            "gradient_penalty",
            "kid",
            "kid_std",
            "frechet",
            "change",
            "diversity",
            "loss_class",
            "loss_box",
            "loss_objectness",
            "loss_proposal",
            "ap",
            "ap50",
            "ap75",
            "target_cosine",
            "on_diagonal",
            "off_diagonal",
            "invariance",
            "variance",
            "covariance",
            "teacher_entropy",
            "target_entropy",
            "target_usage",
            "target_divergence",
            "centre",
            "weight_decay");

    private static final String HEADER = "epoch," + String.join(",", COLUMNS) + "\n";

    private final Path file;
    private String text = "";

    MetricsLog(Path file) {
        this.file = file;
    }

    /**
     * Adds a row, in the place of one for the same or a later epoch.
     *
     * @param epochs that are finished; 0 for what was measured before the first
     * @param metrics by column; an unmeasured one stays empty, as does one that is no number
     */
    public void add(int epochs, Map<String, Double> metrics) throws IOException {
        StringBuilder rows = new StringBuilder(HEADER);
        text.lines()
                .skip(1)
                .filter(row -> epoch(row) < epochs)
                .forEach(row -> rows.append(whole(row)).append('\n'));
        rows.append(epochs);
        for (String column : COLUMNS) {
            double value = metrics.getOrDefault(column, Double.NaN);
            rows.append(',').append(Double.isFinite(value) ? String.format(Locale.ROOT, "%.8g", value) : "");
        }
        replace(rows.append('\n').toString());
    }

    private static String whole(String row) {
        return row + ",".repeat(COLUMNS.size() + 1 - cells(row).length);
    }

    private static String[] cells(String row) {
        return row.split(",", -1);
    }

    /** Every row's measured values by column, the oldest first; that of before the first epoch has no loss. */
    public List<Map<String, Double>> rows() {
        return text.lines().skip(1).map(MetricsLog::values).toList();
    }

    private static Map<String, Double> values(String row) {
        String[] cells = cells(row);
        Map<String, Double> values = new LinkedHashMap<>();
        for (int cell = 1; cell < cells.length; cell++) {
            if (!cells[cell].isEmpty()) {
                values.put(COLUMNS.get(cell - 1), Double.valueOf(cells[cell]));
            }
        }
        return values;
    }

    /** What a figure was after an epoch, the first being 1. */
    public record Judged(int epoch, double value) {}

    /** The best that a figure was after any epoch, the first of equals; empty where it was never measured. */
    public Optional<Judged> best(Figure figure) {
        return judged(figure).stream()
                .reduce((best, next) -> figure.isBetter(next.value(), best.value()) ? next : best);
    }

    /** What a figure was when it was last measured after an epoch. */
    public Optional<Judged> last(Figure figure) {
        return judged(figure).stream().reduce((earlier, later) -> later);
    }

    /** The first epoch's first; of what was not trained yet nothing. */
    private List<Judged> judged(Figure figure) {
        return text.lines()
                .skip(1)
                .filter(row -> epoch(row) > 0)
                .flatMap(
                        row -> Optional.ofNullable(values(row).get(figure.column()))
                                .map(value -> new Judged(epoch(row), value))
                                .stream())
                .toList();
    }

    /** All of it. */
    String text() {
        return text;
    }

    /** Exchanges all of it for what a checkpoint remembers. */
    void restore(String remembered) throws IOException {
        if (remembered.isEmpty()) {
            text = "";
            Files.deleteIfExists(file);
        } else {
            replace(remembered);
        }
    }

    /** The epochs that are done by the file as it lies there, before anything is restored. */
    int recorded() throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Files.readAllLines(file).stream()
                    .skip(1)
                    .mapToInt(MetricsLog::epoch)
                    .max()
                    .orElse(0);
        } catch (NumberFormatException | IndexOutOfBoundsException | CharacterCodingException e) {
            throw new IOException(file + ": is damaged, its rows do not begin with the number of an epoch", e);
        }
    }

    private void replace(String now) throws IOException {
        text = now;
        Replacing.write(file, now);
    }

    private static int epoch(String row) {
        return Integer.parseInt(row.substring(0, row.indexOf(',')));
    }
}
