package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.KeptImages;
import io.juxta.data.Loader;
import io.juxta.data.Relabelled;
import io.juxta.distributed.Communicator;
import io.juxta.eval.EmbeddingMonitor;
import io.juxta.eval.KnnMonitor;
import io.juxta.eval.KnnOptions;
import io.juxta.moco.MocoRecipe;
import io.juxta.report.Origin;
import io.juxta.report.Snapshots;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.swav.SwavRecipe;
import io.juxta.torch.Devices;
import io.juxta.torch.Torch;
import io.juxta.train.EncoderLearner;
import io.juxta.train.ImageCache;
import io.juxta.train.MemoryFit;
import io.juxta.train.Pace;
import io.juxta.train.PictureOptions;
import io.juxta.train.Position;
import io.juxta.train.Replicas;
import io.juxta.train.SystemMemory;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.log.ProgressFile;
import io.juxta.train.log.RunLog;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.Checkpointing;
import io.juxta.train.run.Figure;
import io.juxta.train.run.MetricsLog;
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import io.juxta.train.run.RunImages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import org.bytedeco.pytorch.Device;

/** One pre-training run: puts data, learner, loop, judgement and the run's folder together. */
final class Pretraining {
    private final Recipe recipe;
    private final Method method;
    private final KnnMonitor.Options monitoring;
    private final KnnOptions knn;
    private final ImageCache cache;
    private final PictureOptions pictures;
    private final Checkpointing.Options checkpointing;
    private final Snapshots.Options reporting;
    private final Progress.Style progress;

    private Pretraining(
            Recipe recipe,
            Method method,
            KnnMonitor.Options monitoring,
            KnnOptions knn,
            ImageCache cache,
            PictureOptions pictures,
            Checkpointing.Options checkpointing,
            Snapshots.Options reporting,
            Progress.Style progress) {
        this.recipe = recipe;
        this.method = method;
        this.monitoring = monitoring;
        this.knn = knn;
        this.cache = cache;
        this.pictures = pictures;
        this.checkpointing = checkpointing;
        this.reporting = reporting;
        this.progress = progress;
    }

    static Pretraining of(Recipe recipe, Progress.Style progress) {
        Pretraining pretraining = new Pretraining(
                recipe,
                Method.of(recipe),
                recipe.bind(KnnMonitor.Options.class),
                recipe.bind(KnnOptions.class),
                recipe.bind(ImageCache.class),
                recipe.bind(PictureOptions.class),
                recipe.bind(Checkpointing.Options.class),
                recipe.bind(Snapshots.Options.class),
                progress);
        recipe.checkAllKnown();
        return pretraining;
    }

    /** The keys of all methods' recipes; nothing is bound. */
    static Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        for (Class<? extends Record> type : List.of(
                Method.Name.class,
                MocoRecipe.class,
                SwavRecipe.class,
                DeepClusterRecipe.class,
                KnnMonitor.Options.class,
                KnnOptions.class,
                ImageCache.class,
                PictureOptions.class,
                Checkpointing.Options.class,
                Snapshots.Options.class)) {
            keys.addAll(Recipe.keys(type));
        }
        return keys;
    }

    /** Whether held-out images are of use. */
    boolean measuresKnn() {
        return monitoring.knnEvery() > 0;
    }

    /** Prints what a run would be; refuses what a run would refuse. */
    void describe(Dataset images, Optional<Dataset> heldOut) throws IOException {
        Method fitted = method.fitTo(images.size(), Pretraining::say);
        TrainingOptions training = fitted.training();
        Devices.parse(training.device());
        judged(images, heldOut, Pretraining::say);
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
                "memory             about %,d MiB%s%n",
                fitted.memory(images.size(), Group.ofEnvironment().loader(training)) >> 20,
                cache.imageCache() == 0 || images.isInMemory()
                        ? ""
                        : String.format(
                                Locale.ROOT, ", and up to %,d MiB of pictures (image-cache)", cache.imageCache()));
    }

    /**
     * Refuses a run that the memory of this machine, or of its container, is too small for.
     *
     * @throws IOException in one line, with settings that would fit
     */
    void requireMemory(Dataset images) throws IOException {
        Group group = Group.ofEnvironment();
        if (!group.isFirstHere() || group.device(method.training().device()).is_cuda()) {
            return; // one speaks for all; a GPU's memory is its own
        }
        IntToLongFunction bytes = batch -> {
            try {
                Method other =
                        Method.of(recipe.with(List.of("batch-size=" + batch))).fitTo(images.size(), line -> {});
                return other.memory(images.size(), group.loader(other.training()));
            } catch (IllegalArgumentException e) {
                return 0; // a batch that this recipe cannot have
            }
        };
        int batch = method.fitTo(images.size(), line -> {}).training().batchSize();
        new MemoryFit(SystemMemory.here(), group.sizeHere())
                .require(new MemoryFit.Demand(batch, bytes, images.isInMemory() ? 0 : cache.imageCache()));
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
    Outcome run(Dataset stored, Optional<Dataset> storedHeldOut, RunPlace place, BooleanSupplier stop)
            throws IOException {
        Dataset images = pictures.of(stored);
        Optional<Dataset> heldOut = storedHeldOut.map(pictures::of);
        List<String> warnings = new ArrayList<>();
        Method fitted = method.fitTo(images.size(), warnings::add);
        TrainingOptions training = fitted.training();
        Group group = Group.ofEnvironment();
        if (group.speaks()) {
            warnings.forEach(Pretraining::say);
        }
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = group.device(training.device());
        Optional<Dataset> judged = judged(images, heldOut, group.speaks() ? Pretraining::say : line -> {});
        RunIdentity identity = RunIdentity.of(fitted.name(), options(fitted), images);
        Map<String, String> more = Map.of(
                "held-out images",
                judged.map(queries -> RunIdentity.of("knn", List.of(), queries).names())
                        .orElse("none"));
        return group.together(device, identity, more, communicator -> {
            try (KeptImages kept = cache.keep(images);
                    Loader loader = Loader.open(kept, fitted.views(), group.loader(training));
                    EncoderLearner learner = fitted.learner(images.size(), device, communicator)) {
                Running running = new Running(fitted, kept, learner, loader, device, communicator, stop);
                Optional<KnnMonitor> monitor = judged.map(queries -> monitor(running, queries));
                return communicator.isFirst()
                        ? lead(running, monitor, place, identity, warnings)
                        : follow(running, monitor);
            }
        });
    }

    /** What a run consists of in each of its processes. */
    private record Running(
            Method method,
            Dataset images,
            EncoderLearner learner,
            Loader loader,
            Device device,
            Communicator communicator,
            BooleanSupplier stop) {
        boolean train(Position from, List<Training.Listener> listeners) throws IOException {
            Training loop = new Training(
                    method.training(),
                    method.learningRate(),
                    learner,
                    loader,
                    method.views().size(),
                    device);
            // one that is asked to stop stops all, at the same step
            return loop.run(from, listeners, () -> communicator.any(stop.getAsBoolean()));
        }
    }

    /** A process that only computes its part. */
    private static Outcome follow(Running running, Optional<KnnMonitor> monitor) throws IOException {
        Position from = Replicas.followFirst(running.communicator, running.learner, Position.START);
        if (monitor.isPresent() && from.isStart()) {
            Interruption.disposable(monitor.get()::measure);
        }
        return new Outcome(running.train(from, List.copyOf(monitor.stream().toList())), Optional.empty());
    }

    private KnnMonitor monitor(Running running, Dataset queries) {
        Method fitted = running.method;
        return new KnnMonitor(
                running.learner.encoder(),
                running.images,
                queries,
                fitted.evaluation(),
                knn,
                monitoring,
                fitted.training().epochs(),
                running.communicator);
    }

    /** The process that measures, writes and speaks; the only one as a rule. */
    private Outcome lead(
            Running running, Optional<KnnMonitor> monitor, RunPlace place, RunIdentity identity, List<String> warnings)
            throws IOException {
        Method fitted = running.method;
        TrainingOptions training = fitted.training();
        Dataset images = running.images;
        EncoderLearner learner = running.learner;
        Loader loader = running.loader;
        RunImages remembered = place.images(images);
        try (RunFolder run = place.open(identity)) {
            Position from = Replicas.followFirst(
                    running.communicator, learner, place.begin(run, learner, training.epochs(), remembered));
            int processes = running.communicator.size();
            say(String.format(
                    Locale.ROOT,
                    "%s: %,d images, %s, %s%s",
                    place.folder(),
                    images.size(),
                    fitted.arch(),
                    Torch.describe(),
                    processes == 1 ? "" : " in each of " + processes + " processes"));
            double raw = Double.NaN;
            double untrained = Double.NaN;
            if (monitor.isPresent() && from.isStart()) {
                raw = Interruption.disposable(monitor.get()::raw);
                untrained = Interruption.disposable(monitor.get()::measure);
                int side = monitor.get().rawSide();
                String shrunk = side < fitted.evaluation().size() ? ", shrunk to " + side + " x " + side + "," : "";
                say(String.format(
                        Locale.ROOT, "kNN before training: %.2f %% (raw pixels%s %.2f %%)", untrained, shrunk, raw));
                run.metrics().add(0, Map.of("knn", untrained));
            }
            try (EpochLine lines = new EpochLine(place.name(), training, loader, Figure.KNN, progress, from);
                    ProgressFile watched =
                            new ProgressFile(place.folder(), new Pace(training, loader.batches(), from));
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
                listeners.add(watched);
                listeners.add(RunPlace.diagnosing(fitted.task(loader.batches()), run, log, lines));
                listeners.add(RunPlace.remembering(run, remembered));
                listeners.add(new Checkpointing(run, learner, checkpointing, Figure.KNN, from, log::checkpoint));
                listeners.add(snapshots);
                listeners.add(lines);
                boolean done = log.telling(() -> running.train(from, listeners));
                lines.best(run.metrics()).ifPresent(Pretraining::say);
                place.sayEnd(run, learner, done, loader.unreadable().size());
                return new Outcome(done, knn(raw, untrained, run.metrics()));
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

    private static Optional<Knn> knn(double raw, double untrained, MetricsLog metrics) {
        return Double.isNaN(raw)
                ? Optional.empty()
                : metrics.last(Figure.KNN).map(last -> new Knn(raw, untrained, last.value()));
    }

    /** The held-out images if kNN can be measured on them; says so where it cannot. */
    private Optional<Dataset> judged(Dataset images, Optional<Dataset> heldOut, Consumer<String> why) {
        if (!measuresKnn()) {
            return Optional.empty();
        }
        if (heldOut.isEmpty()
                || images.classes().isEmpty()
                || heldOut.get().classes().isEmpty()) {
            why.accept("kNN is not measured: it needs classes, and held-out images in a folder test or val");
            return Optional.empty();
        }
        Dataset asked;
        try {
            asked = Relabelled.like(images, heldOut.get());
        } catch (IOException e) {
            why.accept("kNN is not measured: " + e.getMessage());
            return Optional.empty();
        }
        if (images.classes().size() < 2) {
            why.accept(
                    "kNN is not measured: with no class but " + images.classes().get(0) + " it would always be 100 %");
            return Optional.empty();
        }
        for (Dataset dataset : List.of(images, asked)) {
            for (int i = 0; i < dataset.size(); i++) {
                if (dataset.label(i) < 0) {
                    why.accept("kNN is not measured: " + dataset.name(i)
                            + " is in no class; move it into a class's folder");
                    return Optional.empty();
                }
            }
        }
        if (knn.k() > images.size()) {
            throw new IllegalArgumentException("knn-k " + knn.k() + " is above the number of training images, "
                    + images.size() + ": set it to at most " + images.size());
        }
        knn.caution(images.size(), images.classes().size()).ifPresent(why);
        return Optional.of(asked);
    }

    private List<Record> options(Method fitted) {
        List<Record> records = new ArrayList<>(List.of(new Method.Name(fitted.name())));
        records.addAll(fitted.records());
        records.addAll(List.of(pictures, cache, monitoring, knn, checkpointing, reporting));
        return records;
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
