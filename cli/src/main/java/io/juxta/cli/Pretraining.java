package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.eval.EmbeddingMonitor;
import io.juxta.eval.KnnMonitor;
import io.juxta.eval.KnnOptions;
import io.juxta.report.Origin;
import io.juxta.report.Snapshots;
import io.juxta.torch.Devices;
import io.juxta.torch.Torch;
import io.juxta.train.Checkpointing;
import io.juxta.train.EncoderLearner;
import io.juxta.train.Figure;
import io.juxta.train.Position;
import io.juxta.train.Recipe;
import io.juxta.train.RunFolder;
import io.juxta.train.RunIdentity;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.log.RunLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Device;

/** One pre-training run: puts data, learner, loop, judgement and the run's folder together. */
final class Pretraining {
    private final Method method;
    private final KnnMonitor.Options monitoring;
    private final KnnOptions knn;
    private final Checkpointing.Options checkpointing;
    private final Snapshots.Options reporting;
    private final Progress.Style progress;

    private Pretraining(
            Method method,
            KnnMonitor.Options monitoring,
            KnnOptions knn,
            Checkpointing.Options checkpointing,
            Snapshots.Options reporting,
            Progress.Style progress) {
        this.method = method;
        this.monitoring = monitoring;
        this.knn = knn;
        this.checkpointing = checkpointing;
        this.reporting = reporting;
        this.progress = progress;
    }

    static Pretraining of(Recipe recipe, Progress.Style progress) {
        Pretraining pretraining = new Pretraining(
                Method.of(recipe),
                recipe.bind(KnnMonitor.Options.class),
                recipe.bind(KnnOptions.class),
                recipe.bind(Checkpointing.Options.class),
                recipe.bind(Snapshots.Options.class),
                progress);
        recipe.checkAllKnown();
        return pretraining;
    }

    /** Whether held-out images are of use. */
    boolean measuresKnn() {
        return monitoring.knnEvery() > 0;
    }

    /** Prints what a run would be; refuses what a run would refuse. */
    void describe(Dataset images, Optional<Dataset> heldOut) {
        Method fitted = method.fitTo(images.size(), Pretraining::say);
        TrainingOptions training = fitted.training();
        Devices.parse(training.device());
        judged(images, heldOut);
        System.out.print(Recipe.write(options(fitted)));
        System.out.println();
        System.out.printf(Locale.ROOT, "images             %,d%n", images.size());
        System.out.printf(
                Locale.ROOT,
                "steps              %,d an epoch, %,d in all%n",
                images.size() / training.batchSize(),
                (long) training.epochs() * (images.size() / training.batchSize()));
        System.out.printf(Locale.ROOT, "parameters         %,d %s%n", fitted.parameters(), fitted.whose());
        System.out.printf(
                Locale.ROOT,
                "memory             about %,d MiB%n",
                fitted.memory(images.size(), loader(training)) >> 20);
    }

    /**
     * @param finished whether the last epoch was reached
     * @param knn where it was measured from the start
     */
    record Outcome(boolean finished, Optional<Knn> knn) {}

    /** Top-1 in percent of raw pixels, the untrained encoder and the encoder as last measured. */
    record Knn(double raw, double untrained, double last) {}

    /**
     * Trains. What can be refused is refused before the folder is made.
     *
     * @param stop asked after every step; a run that ends so goes on from there when it is resumed
     */
    Outcome run(Dataset images, Optional<Dataset> heldOut, RunPlace place, BooleanSupplier stop) throws IOException {
        List<String> warnings = new ArrayList<>();
        Method fitted = method.fitTo(images.size(), warnings::add);
        warnings.forEach(Pretraining::say);
        TrainingOptions training = fitted.training();
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = Devices.parse(training.device());
        Optional<Dataset> judged = judged(images, heldOut);
        RunIdentity identity = RunIdentity.of(fitted.name(), options(fitted), images);
        try (Loader loader = Loader.open(images, fitted.views(), loader(training));
                EncoderLearner learner = fitted.learner(images.size(), device);
                RunFolder run = place.open(identity)) {
            Position from = place.begin(run, learner);
            say(String.format(
                    Locale.ROOT,
                    "%s: %,d images, %s, %s",
                    place.folder(),
                    images.size(),
                    fitted.arch(),
                    Torch.describe()));
            Optional<KnnMonitor> monitor = judged.map(queries -> new KnnMonitor(
                    learner.encoder(), images, queries, fitted.evaluation(), knn, monitoring, training.epochs()));
            double raw = Double.NaN;
            double untrained = Double.NaN;
            if (monitor.isPresent() && from.isStart()) {
                raw = monitor.get().raw();
                untrained = monitor.get().measure();
                say(String.format(Locale.ROOT, "kNN before training: %.2f %% (raw pixels %.2f %%)", untrained, raw));
                run.metrics().add(0, Map.of("knn", untrained));
            }
            try (EpochLine lines = new EpochLine(training, loader, Figure.KNN, progress);
                    Snapshots snapshots = snapshots(place, run, learner, images, fitted, from);
                    RunLog log = RunLog.open(place.folder(), from, loader.batches(), RunPlace.about(identity))) {
                for (String warning : warnings) {
                    log.warning(warning);
                }
                if (!Double.isNaN(untrained)) {
                    log.before(Map.of("knn", untrained));
                }
                List<Training.Listener> listeners = new ArrayList<>(List.of(lines.steps()));
                monitor.ifPresent(listeners::add);
                listeners.add(new EmbeddingMonitor(learner.encoder(), images, fitted.evaluation(), place.folder()));
                listeners.add(RunPlace.memory());
                listeners.add(log);
                listeners.add(RunPlace.diagnosing(fitted.task(loader.batches()), run, log, lines));
                listeners.add(new Checkpointing(run, learner, checkpointing, Figure.KNN, from, log::checkpoint));
                listeners.add(snapshots);
                listeners.add(lines);
                Training loop = new Training(
                        training,
                        fitted.learningRate(),
                        learner,
                        loader,
                        fitted.views().size(),
                        device);
                boolean done = log.telling(() -> loop.run(from, listeners, stop));
                lines.best().ifPresent(Pretraining::say);
                place.sayEnd(run, learner, done, loader.unreadable().size());
                return new Outcome(done, knn(raw, untrained, lines));
            }
        }
    }

    private Snapshots snapshots(
            RunPlace place, RunFolder run, EncoderLearner learner, Dataset images, Method fitted, Position from)
            throws IOException {
        Snapshots.Subject subject = new Snapshots.Subject(
                images,
                fitted.views(),
                fitted.evaluation(),
                fitted.training().seed(),
                fitted.training().epochs(),
                reporting);
        Origin origin = CommandWords.origin(place.command());
        return Snapshots.begin(run.path(), learner.encoder(), subject, from.epoch(), origin, run::isSaved);
    }

    private static Optional<Knn> knn(double raw, double untrained, EpochLine lines) {
        return Double.isNaN(raw) || lines.best().isEmpty()
                ? Optional.empty()
                : Optional.of(new Knn(raw, untrained, lines.last()));
    }

    /** The held-out images if kNN can be measured on them; says so where it cannot. */
    private Optional<Dataset> judged(Dataset images, Optional<Dataset> heldOut) {
        if (!measuresKnn()) {
            return Optional.empty();
        }
        if (heldOut.isEmpty()
                || images.classes().isEmpty()
                || heldOut.get().classes().isEmpty()) {
            say("kNN is not measured: it needs classes, and held-out images in a folder test or val");
            return Optional.empty();
        }
        List<String> classes = heldOut.get().classes();
        if (!images.classes().equals(classes)) {
            say("kNN is not measured: the training images have the classes " + shown(images.classes())
                    + ", the held-out ones " + shown(classes));
            return Optional.empty();
        }
        for (Dataset dataset : List.of(images, heldOut.get())) {
            for (int i = 0; i < dataset.size(); i++) {
                if (dataset.label(i) < 0) {
                    say("kNN is not measured: " + dataset.name(i) + " is in no class; move it into a class's folder");
                    return Optional.empty();
                }
            }
        }
        if (knn.k() > images.size()) {
            throw new IllegalArgumentException("knn-k " + knn.k() + " is above the number of training images, "
                    + images.size() + ": set it to at most " + images.size());
        }
        return heldOut;
    }

    private static String shown(List<String> classes) {
        String first = classes.stream().limit(5).collect(Collectors.joining(", "));
        return classes.size() + " (" + first + (classes.size() > 5 ? ", ..." : "") + ")";
    }

    private List<Record> options(Method fitted) {
        List<Record> records = new ArrayList<>(List.of(new Method.Name(fitted.name())));
        records.addAll(fitted.records());
        records.addAll(List.of(monitoring, knn, checkpointing, reporting));
        return records;
    }

    private static LoaderOptions loader(TrainingOptions training) {
        LoaderOptions options = LoaderOptions.of(training.batchSize(), training.seed());
        return training.loaderThreads() == 0 ? options : options.withThreads(training.loaderThreads());
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
