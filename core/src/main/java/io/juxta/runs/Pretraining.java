package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.KeptImages;
import io.juxta.data.Loader;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.distributed.Communicator;
import io.juxta.eval.EmbeddingMonitor;
import io.juxta.eval.neighbours.KnnMonitor;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.exchange.StartingWeights;
import io.juxta.moco.MocoRecipe;
import io.juxta.report.Snapshots;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.swav.SwavRecipe;
import io.juxta.torch.Devices;
import io.juxta.torch.Torch;
import io.juxta.train.EncoderLearner;
import io.juxta.train.ImageCache;
import io.juxta.train.Pace;
import io.juxta.train.PictureOptions;
import io.juxta.train.Position;
import io.juxta.train.Replicas;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.log.ProgressFile;
import io.juxta.train.log.RunLog;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.Checkpointing;
import io.juxta.train.run.Figure;
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import io.juxta.train.run.RunImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.jspecify.annotations.Nullable;

/**
 * Trains an encoder on images that nobody has labelled, by a recipe of MoCo, SwAV or DeepCluster-v2.
 *
 * <pre>{@code
 * Run run = Pretraining.by(Recipe.named("folder/moco-v2").with("epochs", 20))
 *         .on(Path.of("photos"))
 *         .into(Path.of("runs/photos"))
 *         .told(listener)
 *         .start();
 * RunResult result = run.await();
 * }</pre>
 *
 * <p>What is refused is refused before the run's folder is made.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Pretraining extends RunRequest<Pretraining> {
    private final Method method;
    private final KnnMonitor.Options monitoring;
    private final KnnOptions knn;
    private final ImageCache cache;
    private final PictureOptions pictures;
    private final Checkpointing.Options checkpointing;
    private final Snapshots.Options reporting;
    private Optional<Path> data = Optional.empty();
    private @Nullable Dataset images;
    private Optional<Dataset> heldOut = Optional.empty();
    private boolean ignoresMemory;
    private Beginning beginning;

    private Pretraining(Recipe recipe) {
        super(recipe);
        method = Method.of(recipe);
        monitoring = recipe.bind(KnnMonitor.Options.class);
        knn = recipe.bind(KnnOptions.class);
        cache = recipe.bind(ImageCache.class);
        pictures = recipe.bind(PictureOptions.class);
        checkpointing = recipe.bind(Checkpointing.Options.class);
        reporting = recipe.bind(Snapshots.Options.class);
        beginning = recipe.bind(Beginning.class);
        recipe.checkAllKnown();
    }

    /**
     * By a recipe.
     *
     * @throws io.juxta.train.recipe.RecipeException when a value or key of it cannot be, in one line
     */
    public static Pretraining by(Recipe recipe) {
        return new Pretraining(recipe);
    }

    /**
     * The run in a folder, to go on from its last checkpoint by its own recipe, with its own images.
     *
     * @throws IOException when there is no run, or it does not know where its images are
     */
    public static Pretraining resume(Path folder) throws IOException {
        KnownRun run = new KnownRun(folder);
        return by(run.recipe(Optional.empty(), remark -> {})).on(run.images()).resuming(folder);
    }

    /** The keys of all methods' recipes; nothing is bound. */
    public static Set<String> keys() {
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

    /**
     * A folder of images: any, or one with {@code train} and {@code test} (or {@code val}) in it, or CIFAR-10's binary files.
     * kNN is measured on held-out images that have classes.
     *
     * @throws IOException when there are no images, or they cannot be listed
     */
    public Pretraining on(Path folder) throws IOException {
        data = Optional.of(folder);
        images = Datasets.open(folder, Split.TRAIN);
        // the labelled images that kNN is measured on; there need be none
        heldOut = monitoring.knnEvery() > 0 ? Datasets.find(folder, Split.TEST) : Optional.empty();
        return this;
    }

    /** Images of any kind, with none held out. */
    public Pretraining on(Dataset images) {
        data = Optional.empty();
        this.images = images;
        heldOut = Optional.empty();
        return this;
    }

    /** Images of any kind, and labelled ones that kNN is measured on. */
    public Pretraining on(Dataset images, Dataset heldOut) {
        on(images);
        this.heldOut = Optional.of(heldOut);
        return this;
    }

    /**
     * Begins from weights that are there already instead of random ones: the encoder's whole backbone, and its head where it has
     * the same shape.
     *
     * @param weights whatever {@code juxta import} recognises, or a run of ours
     * @throws IOException when they cannot be read, in one line
     */
    public Pretraining from(Path weights) throws IOException {
        beginning = Beginning.from(weights);
        return this;
    }

    /** Begins although the run would take more memory than the machine or its container has. */
    public Pretraining ignoringMemory() {
        ignoresMemory = true;
        return this;
    }

    @Override
    Pretraining self() {
        return this;
    }

    @Override
    Optional<Path> data() {
        return data;
    }

    private Dataset images() {
        if (images == null) {
            throw new IllegalStateException("nothing to train on: say on(...) first");
        }
        return images;
    }

    private void survey() throws IOException {
        if (data.isPresent()) {
            Map<String, Dataset> sets = new LinkedHashMap<>();
            sets.put("training", images());
            heldOut.ifPresent(judged -> sets.put("held out", judged));
            listener().notes(Note.Kind.DATA, Survey.of(data.get(), sets).lines());
        }
    }

    @Override
    public RunPlan plan() throws IOException {
        Dataset images = images();
        survey();
        Method fitted = method.fitTo(images.size(), this::fitted);
        TrainingOptions training = fitted.training();
        Devices.parse(training.device());
        heldOut(images, heldOut);
        long steps = images.size() / training.batchSize();
        return new RunPlan(
                Recipe.write(options(fitted)),
                images.size(),
                steps,
                training.epochs() * steps,
                String.format(Locale.ROOT, "%,d %s", fitted.parameters(), fitted.whose()),
                String.format(
                        Locale.ROOT,
                        "about %,d MiB%s",
                        fitted.memory(images.size(), processes().loader(training)) >> 20,
                        cache.imageCache() == 0 || images.isInMemory()
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        ", and up to %,d MiB of pictures (image-cache)",
                                        cache.imageCache())));
    }

    private void fitted(String line) {
        listener().note(Note.Kind.FITTED, line);
    }

    @Override
    Run.Work work(RunPlace place) throws IOException {
        Dataset stored = images();
        survey();
        if (!ignoresMemory) {
            PretrainingMemory.require(recipe(), method, cache, stored, processes());
        }
        return stopping -> run(stored, place, stopping);
    }

    private RunResult run(Dataset stored, RunPlace place, Stopping stopping) throws IOException {
        Dataset images = pictures.of(stored);
        Optional<Dataset> asked = heldOut.map(pictures::of);
        List<String> warnings = new ArrayList<>();
        Method fitted = method.fitTo(images.size(), warnings::add);
        TrainingOptions training = fitted.training();
        warnings.forEach(this::fitted);
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = processes().device(training.device());
        Optional<Dataset> judged = heldOut(images, asked);
        RunIdentity identity = RunIdentity.of(fitted.name(), options(fitted), images);
        Map<String, String> more = Map.of(
                "held-out images",
                judged.map(queries -> RunIdentity.of("knn", List.of(), queries).names())
                        .orElse("none"));
        return processes().together(device, identity, more, communicator -> {
            try (KeptImages kept = cache.keep(images);
                    Loader loader =
                            Loader.open(kept, fitted.views(), processes().loader(training));
                    EncoderLearner learner = fitted.learner(images.size(), device, communicator)) {
                requireFit(learner, place, communicator);
                Running running =
                        new Running(fitted, kept, learner, loader, device, communicator, stopping, stop(stopping));
                Optional<KnnMonitor> monitor = judged.map(queries -> monitor(running, queries));
                return communicator.isFirst()
                        ? lead(running, monitor, place, identity, warnings)
                        : RunResult.ofOneThatFollows(place.folder(), follow(running, monitor), learner.product());
            }
        });
    }

    /** Weights of another network are refused before there is a folder. */
    private void requireFit(EncoderLearner learner, RunPlace place, Communicator communicator) throws IOException {
        if (!beginning.isRandom() && communicator.isFirst() && !Files.exists(place.folder())) {
            try (PointerScope scope = new PointerScope()) {
                beginning.read(learner);
            }
        }
    }

    private void begin(EncoderLearner learner) throws IOException {
        if (beginning.isRandom()) {
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            StartingWeights weights = beginning.read(learner);
            Beginning.into(learner, weights);
            listener().note(Note.Kind.BEGUN, "begun from " + beginning.from() + ": " + weights.told());
        }
    }

    /** What a run consists of in each of its processes. */
    private record Running(
            Method method,
            Dataset images,
            EncoderLearner learner,
            Loader loader,
            Device device,
            Communicator communicator,
            Stopping stopping,
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
    private static boolean follow(Running running, Optional<KnnMonitor> monitor) throws IOException {
        Position from = Replicas.followFirst(running.communicator, running.learner, Position.START);
        if (monitor.isPresent() && from.isStart()) {
            running.stopping.disposable(monitor.get()::measure);
        }
        return running.train(from, List.copyOf(monitor.stream().toList()));
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
    private RunResult lead(
            Running running, Optional<KnnMonitor> monitor, RunPlace place, RunIdentity identity, List<String> warnings)
            throws IOException {
        Method fitted = running.method;
        TrainingOptions training = fitted.training();
        Dataset images = running.images;
        EncoderLearner learner = running.learner;
        Loader loader = running.loader;
        RunImages remembered = place.images(images);
        try (RunFolder run = place.open(identity)) {
            Position own = place.begin(run, learner, training.epochs(), remembered, listener());
            if (own.isStart()) {
                begin(learner);
            }
            Position from = Replicas.followFirst(running.communicator, learner, own);
            int processes = running.communicator.size();
            listener()
                    .note(
                            Note.Kind.BEGUN,
                            String.format(
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
                raw = running.stopping.disposable(monitor.get()::raw);
                untrained = running.stopping.disposable(monitor.get()::measure);
                int side = monitor.get().rawSide();
                String shrunk = side < fitted.evaluation().size() ? ", shrunk to " + side + " x " + side + "," : "";
                listener()
                        .note(
                                Note.Kind.RESULT,
                                String.format(
                                        Locale.ROOT,
                                        "kNN before training: %.2f %% (raw pixels%s %.2f %%)",
                                        untrained,
                                        shrunk,
                                        raw));
                run.metrics().add(0, Map.of("knn", untrained));
            }
            RunTelling telling = new RunTelling(listener(), training, loader, Figure.KNN, from);
            try (ProgressFile watched = new ProgressFile(place.folder(), new Pace(training, loader.batches(), from));
                    Snapshots snapshots = snapshots(place, run, learner, images, fitted, from);
                    RunLog log = RunLog.open(place.folder(), from, loader.batches(), RunPlace.about(identity))) {
                for (String warning : warnings) {
                    log.warning(warning);
                }
                if (!Double.isNaN(untrained)) {
                    log.before(Map.of("knn", untrained));
                }
                List<Training.Listener> listeners = new ArrayList<>(List.of(telling.steps()));
                monitor.ifPresent(listeners::add);
                listeners.add(new EmbeddingMonitor(learner.encoder(), images, fitted.evaluation(), place.folder()));
                listeners.add(RunPlace.memory());
                listeners.add(log);
                listeners.add(watched);
                listeners.add(telling.diagnosing(fitted.task(loader.batches()), run, log));
                listeners.add(RunPlace.remembering(run, remembered));
                listeners.add(new Checkpointing(run, learner, checkpointing, Figure.KNN, from, log::checkpoint));
                listeners.add(snapshots);
                listeners.add(telling);
                boolean done = log.telling(() -> running.train(from, listeners));
                Optional<RunResult.Before> before =
                        Double.isNaN(raw) ? Optional.empty() : Optional.of(new RunResult.Before(raw, untrained));
                return place.result(run, learner, done, loader.unreadable().size(), Figure.KNN, before);
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
        return Snapshots.begin(run.path(), learner.encoder(), subject, from.epoch(), place.origin(), run::isSaved);
    }

    /** The held-out images if kNN can be measured on them; says so where it cannot. */
    private Optional<Dataset> heldOut(Dataset images, Optional<Dataset> asked) {
        return monitoring.knnEvery() == 0
                ? Optional.empty()
                : HeldOut.of(images, asked, knn, line -> listener().note(Note.Kind.WARNING, line));
    }

    private List<Record> options(Method fitted) {
        List<Record> records = new ArrayList<>(List.of(new Method.Name(fitted.name())));
        records.addAll(fitted.records());
        if (!beginning.isRandom()) {
            records.add(beginning);
        }
        records.addAll(List.of(pictures, cache, monitoring, knn, checkpointing, reporting));
        return records;
    }
}
