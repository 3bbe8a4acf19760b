package io.juxta.cli;

import io.juxta.data.Loader;
import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.run.Figure;
import io.juxta.train.run.MetricsLog;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a person reads while a run goes on: progress within the epoch, and a line for each epoch. */
final class EpochLine implements Training.Listener, AutoCloseable {
    private final TrainingOptions options;
    private final Loader loader;
    private final Figure judgedBy;
    private final Progress.Style style;
    private @Nullable Progress progress;
    private Optional<Diagnosis> news = Optional.empty();

    EpochLine(TrainingOptions options, Loader loader, Figure judgedBy, Progress.Style style) {
        this.options = options;
        this.loader = loader;
        this.judgedBy = judgedBy;
        this.style = style;
    }

    /** Progress within an epoch; it must end before others print, hence a listener of its own, to be given first. */
    Training.Listener steps() {
        return new Training.Listener() {
            @Override
            public void step(Position after, double lr, Map<String, Double> metrics) {
                if (progress == null) {
                    String task = "epoch " + (after.epoch() + 1) + "/" + options.epochs();
                    // a resumed epoch has fewer steps left
                    long steps = loader.batches() - after.batch() + 1L;
                    progress = Progress.start(style, task, "images", steps * options.batchSize());
                }
                progress.advance(
                        options.batchSize(),
                        String.format(
                                Locale.ROOT,
                                "step %d/%d, loss %.3f, %s, lr %.4g, waiting %.0f %%",
                                after.batch(),
                                loader.batches(),
                                metrics.get("loss"),
                                details(metrics),
                                lr,
                                100 * after.waited() / Math.max(1e-9, after.seconds())));
            }

            @Override
            public void epoch(int epoch, Map<String, Double> metrics) {
                close();
            }
        };
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "epoch %d/%d: loss %.4f, %s, lr %.4g, %.0f images/s, waiting %.0f %%",
                epoch + 1,
                options.epochs(),
                metrics.get("loss"),
                details(metrics),
                metrics.get("lr"),
                metrics.get("images_per_second"),
                100 * metrics.getOrDefault("waiting_share", 0.0)));
        Double judged = metrics.get(judgedBy.column());
        if (judged != null) {
            line.append(", ").append(judgedBy.label()).append(' ').append(shown(judged));
        }
        System.out.println(line);
        news.ifPresent(System.out::println);
        news = Optional.empty();
    }

    private String shown(double judged) {
        return String.format(Locale.ROOT, judgedBy.format(), judged);
    }

    /** How often the method is right, by whatever it calls that; of a translation, what its parts cost. */
    private static String details(Map<String, Double> metrics) {
        if (metrics.containsKey("g_gan")) {
            return Stream.of("g_gan", "d_real", "d_fake", "nce", "nce_idt")
                    .filter(metrics::containsKey)
                    .map(name -> String.format(Locale.ROOT, "%s %.3f", name, metrics.get(name)))
                    .collect(Collectors.joining(", "));
        }
        String name = metrics.containsKey("acc1") ? "acc1" : "agreement";
        return String.format(Locale.ROOT, "%s %.1f %%", name, metrics.get(name));
    }

    /** What the next epoch's line is to be followed by. */
    void add(Diagnosis diagnosis) {
        news = Optional.of(diagnosis);
    }

    /** The last and the best figure of the whole run, where any was measured. */
    Optional<String> best(MetricsLog metrics) {
        return metrics.best(judgedBy)
                .map(best -> judgedBy.label() + " last "
                        + shown(metrics.last(judgedBy).orElse(best).value()) + ", best " + shown(best.value())
                        + " (epoch " + best.epoch() + ")");
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
