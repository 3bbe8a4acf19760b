package io.juxta.cli;

import io.juxta.data.Loader;
import io.juxta.train.Diagnosis;
import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a person reads while a run goes on: progress within the epoch, and a line for each epoch. */
final class EpochLine implements Training.Listener, AutoCloseable {
    private final TrainingOptions options;
    private final Loader loader;
    private final Progress.Style style;
    private @Nullable Progress progress;
    private double bestKnn = Double.NEGATIVE_INFINITY;
    private int bestEpoch;
    private double lastKnn;
    private Optional<Diagnosis> news = Optional.empty();

    EpochLine(TrainingOptions options, Loader loader, Progress.Style style) {
        this.options = options;
        this.loader = loader;
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
                                accuracy(metrics),
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
                accuracy(metrics),
                metrics.get("lr"),
                metrics.get("images_per_second"),
                100 * metrics.getOrDefault("waiting_share", 0.0)));
        Double knn = metrics.get("knn");
        if (knn != null) {
            line.append(String.format(Locale.ROOT, ", kNN %.2f %%", knn));
            lastKnn = knn;
            if (knn > bestKnn) {
                bestKnn = knn;
                bestEpoch = epoch + 1;
            }
        }
        System.out.println(line);
        news.ifPresent(System.out::println);
        news = Optional.empty();
    }

    /** How often the method is right, by whatever it calls that. */
    private static String accuracy(Map<String, Double> metrics) {
        String name = metrics.containsKey("acc1") ? "acc1" : "agreement";
        return String.format(Locale.ROOT, "%s %.1f %%", name, metrics.get(name));
    }

    /** What the next epoch's line is to be followed by. */
    void add(Diagnosis diagnosis) {
        news = Optional.of(diagnosis);
    }

    /** Last and best kNN, where any was measured. */
    Optional<String> best() {
        return bestEpoch == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT, "kNN last %.2f %%, best %.2f %% (epoch %d)", lastKnn, bestKnn, bestEpoch));
    }

    /** The kNN accuracy last measured, in percent. */
    double last() {
        return lastKnn;
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
