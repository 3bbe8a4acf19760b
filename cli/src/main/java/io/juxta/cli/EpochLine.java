package io.juxta.cli;

import io.juxta.data.Loader;
import io.juxta.train.Pace;
import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.run.Figure;
import io.juxta.train.run.MetricsLog;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a person reads while a run goes on: progress within the epoch, and a line for each epoch. */
final class EpochLine implements Training.Listener, AutoCloseable {
    private final String run;
    private final TrainingOptions options;
    private final Loader loader;
    private final Figure judgedBy;
    private final Progress.Style style;
    private final Pace pace;
    private @Nullable Progress progress;
    private long drawn;
    private Optional<Diagnosis> news = Optional.empty();

    /**
     * @param run what the run is called
     * @param from where it begins
     */
    EpochLine(
            String run, TrainingOptions options, Loader loader, Figure judgedBy, Progress.Style style, Position from) {
        this.run = run;
        this.options = options;
        this.loader = loader;
        this.judgedBy = judgedBy;
        this.style = style;
        pace = new Pace(options, loader.batches(), from);
    }

    /** Progress within an epoch; it must end before others print, hence a listener of its own, to be given first. */
    Training.Listener steps() {
        return new Training.Listener() {
            @Override
            public void step(Position after, double lr, Map<String, Double> metrics) {
                Pace.Now now = pace.step(after, metrics);
                switch (style) {
                    case STATUS -> status(now, lr, metrics);
                    case LINES -> lines(now, lr, metrics);
                    case NONE -> {}
                }
            }

            @Override
            public void epoch(int epoch, Map<String, Double> metrics) {
                close();
                show(columns -> StatusText.cut(
                        "epoch " + (epoch + 1) + "/" + options.epochs() + " is over: judging and saving", columns));
            }
        };
    }

    private void status(Pace.Now now, double lr, Map<String, Double> metrics) {
        long nanos = System.nanoTime();
        if (drawn == 0 || nanos - drawn >= Progress.PAUSE_NANOS) {
            drawn = nanos;
            show(columns -> StatusText.of(now, run, details(metrics), lr, columns));
        }
    }

    private void show(IntFunction<String> text) {
        if (style == Progress.Style.STATUS) {
            Screen.installed().orElseThrow().status(text);
        }
    }

    private void lines(Pace.Now now, double lr, Map<String, Double> metrics) {
        if (progress == null) {
            // a resumed epoch has fewer steps left
            long steps = now.steps() - now.step() + 1L;
            String task = "epoch " + now.epoch() + "/" + now.epochs();
            progress = Progress.start(style, task, "images", steps * options.batchSize());
        }
        progress.advance(
                options.batchSize(),
                String.format(
                        Locale.ROOT,
                        "step %d/%d, loss %.3f, %s, lr %.4g, waiting %.0f %%, run %s left",
                        now.step(),
                        now.steps(),
                        now.loss(),
                        details(metrics),
                        lr,
                        100 * now.waitingShare(),
                        StatusText.duration(now.runSecondsLeft())));
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
        news.map(EpochLine::coloured).ifPresent(System.out::println);
        news = Optional.empty();
    }

    private static String coloured(Diagnosis diagnosis) {
        String text = diagnosis.toString();
        return switch (diagnosis.verdict()) {
            case HEALTHY -> Colour.GREEN.out(text);
            case COLLAPSED -> Colour.RED.out(text);
            default -> Colour.YELLOW.out(text);
        };
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
        if (style == Progress.Style.STATUS) {
            Screen.installed().orElseThrow().clear();
        }
    }
}
