package io.juxta.runs;

import io.juxta.cut.Cut;
import io.juxta.cut.TranslationMemory;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.cut.recipe.NetworkOptions;
import io.juxta.cut.recipe.PlateauRate;
import io.juxta.data.Dataset;
import io.juxta.data.Domains;
import io.juxta.data.Loader;
import io.juxta.data.Samples;
import io.juxta.data.Survey;
import io.juxta.distributed.Communicator;
import io.juxta.exchange.StartingWeights;
import io.juxta.report.Snapshots;
import io.juxta.report.TranslationSnapshots;
import io.juxta.runs.methods.Beginning;
import io.juxta.runs.methods.TranslationMonitor;
import io.juxta.torch.Devices;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.MemoryFit;
import io.juxta.train.Pace;
import io.juxta.train.Position;
import io.juxta.train.Replicas;
import io.juxta.train.Schedule;
import io.juxta.train.SystemMemory;
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
import java.util.function.BooleanSupplier;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.jspecify.annotations.Nullable;

/**
 * Trains a generator that translates images of one domain to another, by a recipe of CUT, FastCUT or SinCUT.
 *
 * <pre>{@code
 * Run run = Translating.by(Recipe.named("apple2orange/fastcut-cpu"))
 *         .on(Path.of("apple2orange"))
 *         .into(Path.of("runs/oranges"))
 *         .start();
 * RunResult result = run.await();
 * }</pre>
 *
 * <p>What is refused is refused before the run's folder is made.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Translating extends RunRequest<Translating> {
    /** The side of the crops of which the recipes for CPUs learn. */
    private static final int LEAST_CROP = 64;

    private final CutRecipe translation;
    private final TranslationMonitor.Options monitoring;
    private final Checkpointing.Options checkpointing;
    private final Snapshots.Options reporting;
    private @Nullable Path data;
    private Beginning beginning;

    private Translating(Recipe recipe) {
        super(recipe);
        recipe.bind(TranslationName.class);
        translation = CutRecipe.bind(recipe);
        monitoring = recipe.bind(TranslationMonitor.Options.class);
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
    public static Translating by(Recipe recipe) {
        return new Translating(recipe);
    }

    /**
     * The run in a folder, to go on from its last checkpoint by its own recipe, with its own images.
     *
     * @throws IOException when there is no run, or it does not know where its images are
     */
    public static Translating resume(Path folder) throws IOException {
        KnownRun run = new KnownRun(folder);
        return by(run.recipe(Optional.empty(), remark -> {})).on(run.images()).resuming(folder);
    }

    /** The keys of its recipes; nothing is bound, which would take libtorch. */
    public static Set<String> keys() {
        return keysOf(List.of(
                TranslationName.class,
                CutRecipe.class,
                TranslationMonitor.Options.class,
                Checkpointing.Options.class,
                Snapshots.Options.class));
    }

    /** The folder of both domains, in the shapes that {@code docs/translation.md} lists. */
    @Override
    public Translating on(Path folder) {
        data = folder;
        return this;
    }

    /**
     * Begins from networks that are there already instead of random ones: those of a run, or the original's {@code latest_net_G.pth},
     * {@code _D} and {@code _F}. Where only a generator is there, the others begin fresh.
     *
     * @throws IOException when they cannot be read, in one line
     */
    @Override
    public Translating from(Path weights) throws IOException {
        beginning = Beginning.ofTranslation(weights);
        return this;
    }

    @Override
    Translating self() {
        return this;
    }

    @Override
    Optional<Path> data() {
        return Optional.of(images());
    }

    private Path images() {
        if (data == null) {
            throw new IllegalStateException("nothing to train on: say on(...) first");
        }
        return data;
    }

    private void survey(Domains images) throws IOException {
        listener().note(Note.Kind.DATA, images.found());
        Map<String, Dataset> sets = new LinkedHashMap<>();
        sets.put("A", images.a());
        sets.put("B", images.b());
        listener().notes(Note.Kind.DATA, Survey.of(images(), sets).leftLines());
    }

    @Override
    public RunPlan plan() throws IOException {
        TrainingOptions training = translation.training();
        Device device = Devices.parse(training.device());
        Domains images = translation.domains().trained(images());
        int samples = translation.samples(images).size();
        survey(images);
        try (Cut cut = Cut.create(translation, device)) {
            if (!beginning.isRandom()) {
                told("begins from ", cut);
            }
            long steps = samples / training.batchSize();
            return new RunPlan(
                    Recipe.write(records()),
                    samples,
                    steps,
                    training.epochs() * steps,
                    String.format(
                            Locale.ROOT,
                            "%,d in the generator, %,d in the discriminator, %,d in the sampler",
                            StateDict.parameterCount(cut.networks().get(0)),
                            StateDict.parameterCount(cut.networks().get(1)),
                            StateDict.parameterCount(cut.networks().get(2))),
                    String.format(
                            Locale.ROOT,
                            "about %,d MiB",
                            TranslationMemory.of(translation, processes().loader(training)) >> 20));
        }
    }

    /** Says what is taken over, and refuses what does not fit. */
    private StartingWeights told(String begins, Cut cut) throws IOException {
        StartingWeights weights = beginning.readTranslation(cut.networks());
        listener().note(Note.Kind.BEGUN, begins + beginning.from() + ": " + weights.told());
        return weights;
    }

    /** Weights of other networks are refused before there is a folder. */
    private void requireFit(Cut cut, RunPlace place) throws IOException {
        if (!beginning.isRandom() && !Files.exists(place.folder())) {
            try (PointerScope scope = new PointerScope()) {
                beginning.readTranslation(cut.networks());
            }
        }
    }

    private void begin(Cut cut) throws IOException {
        if (beginning.isRandom()) {
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            told("begun from ", cut).into(cut.state());
        }
    }

    @Override
    Run.Work work(RunPlace place) throws IOException {
        Domains images = translation.domains().trained(images());
        if (!ignoresMemory()) {
            requireMemory();
        }
        return stopping -> run(images, place, stopping);
    }

    /** Refuses a run that the memory of this machine, or of its container, is too small for. */
    private void requireMemory() throws IOException {
        if (!processes().isFirstHere()
                || processes().device(translation.training().device()).is_cuda()) {
            return; // one speaks for all; a GPU's memory is its own
        }
        int batch = translation.training().batchSize();
        int side = translation.views().cropSize();
        MemoryFit.Demand demand = batch >= 2 * MemoryFit.LEAST_BATCH
                ? MemoryFit.Demand.ofBatch(batch, size -> bytes("batch-size", size), 0)
                : new MemoryFit.Demand("crop-size", side, LEAST_CROP, size -> bytes("crop-size", size), 0);
        new MemoryFit(SystemMemory.here(), processes().sizeHere()).require(demand);
    }

    /** What the run takes with another value of a key; 0 where it cannot have that. */
    private long bytes(String key, int value) {
        try {
            CutRecipe other = CutRecipe.bind(recipe().with(List.of(key + "=" + value)));
            return TranslationMemory.of(other, processes().loader(other.training()));
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    private RunResult run(Domains images, RunPlace place, Stopping stopping) throws IOException {
        TrainingOptions training = translation.training();
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = processes().device(training.device());
        Samples samples = translation.samples(images);
        RunIdentity identity = RunIdentity.of(TranslationName.METHOD, records(), images.a(), images.b());
        return processes().together(device, identity, communicator -> {
            try (Loader loader = Loader.open(samples, processes().loader(training));
                    Cut cut = Cut.create(translation, device, communicator)) {
                Running running =
                        new Running(translation, samples, cut, loader, device, communicator, stopping, stop(stopping));
                return communicator.isFirst()
                        ? lead(running, images, place, identity)
                        : RunResult.ofOneThatFollows(place.folder(), follow(running), cut.product());
            }
        });
    }

    /** What a run consists of in each of its processes. */
    private record Running(
            CutRecipe recipe,
            Samples samples,
            Cut cut,
            Loader loader,
            Device device,
            Communicator communicator,
            Stopping stopping,
            BooleanSupplier stop) {
        boolean train(Position from, Schedule rate, List<Training.Listener> listeners) throws IOException {
            Schedule shared = rate instanceof PlateauRate && communicator.size() > 1
                    ? Replicas.ofFirst(communicator, rate)
                    : rate;
            Training loop = new Training(recipe.training(), shared, cut, loader, samples.views(), device);
            // one that is asked to stop stops all, at the same step
            return loop.run(from, listeners, () -> communicator.any(stop.getAsBoolean()));
        }
    }

    /** A process that only computes its part. */
    private boolean follow(Running running) throws IOException {
        Position from = Replicas.followFirst(running.communicator, running.cut, Position.START);
        return running.train(from, translation.rate().schedule(List.of()), List.of());
    }

    /** The process that measures, writes and speaks; the only one as a rule. */
    private RunResult lead(Running running, Domains images, RunPlace place, RunIdentity identity) throws IOException {
        Cut cut = running.cut;
        Loader loader = running.loader;
        survey(images);
        Domains judged = judged(images);
        RunImages remembered = place.images(images.a(), images.b());
        requireFit(cut, place);
        try (TranslationMonitor monitor = running.stopping.disposable(
                        () -> TranslationMonitor.of(translation, monitoring, cut.network(), judged, running.device));
                RunFolder run = place.open(identity)) {
            Position own = place.begin(run, cut, translation.training().epochs(), remembered, listener());
            if (own.isStart()) {
                begin(cut);
            }
            Position from = Replicas.followFirst(running.communicator, cut, own);
            place.begun(listener(), running.communicator, "");
            RunTelling telling = new RunTelling(
                    listener(), after(running.stopping), translation.training(), loader, Figure.KID, from);
            try (ProgressFile watched =
                            new ProgressFile(place.folder(), new Pace(translation.training(), loader.batches(), from));
                    TranslationSnapshots snapshots = snapshots(place, run, cut, judged, from);
                    RunLog log = RunLog.open(place.folder(), from, loader.batches(), RunPlace.about(identity))) {
                if (from.isStart() && monitoring.distanceEvery() > 0) {
                    before(running.stopping, monitor, run, log);
                }
                Schedule rate = translation.rate().schedule(run.metrics().rows());
                List<Training.Listener> listeners = new ArrayList<>(List.of(telling.steps(), monitor));
                if (rate instanceof PlateauRate plateau) {
                    listeners.add(plateau);
                }
                listeners.add(snapshots.figures());
                listeners.add(RunPlace.memory());
                listeners.add(log);
                listeners.add(watched);
                listeners.add(telling.diagnosing(translation.task(loader.batches()), run, log));
                listeners.add(RunPlace.remembering(run, remembered));
                listeners.add(new Checkpointing(run, cut, checkpointing, Figure.KID, from, log::checkpoint));
                listeners.add(snapshots);
                listeners.add(telling);
                boolean done = log.telling(() -> running.train(from, rate, listeners));
                return place.result(run, cut, done, loader.unreadable().size(), Figure.KID, Optional.empty());
            }
        }
    }

    private TranslationSnapshots snapshots(RunPlace place, RunFolder run, Cut cut, Domains shown, Position from)
            throws IOException {
        NetworkOptions networks = translation.networks();
        TranslationSnapshots.Subject subject = new TranslationSnapshots.Subject(
                shown.a(),
                shown.b(),
                translation.views().evaluation(networks.inputNc()),
                translation.views().evaluation(networks.outputNc()),
                translation.training().epochs(),
                reporting);
        TranslationSnapshots.Translator translator =
                new TranslationSnapshots.Translator(cut.network(), cut.network()::forward, cut.similarity()::maps);
        return TranslationSnapshots.begin(run.path(), translator, subject, from.epoch(), place.origin(), run::isSaved);
    }

    private void before(Stopping stopping, TranslationMonitor monitor, RunFolder run, RunLog log) throws IOException {
        Map<String, Double> figures = stopping.disposable(monitor::untranslated);
        listener()
                .note(
                        Note.Kind.RESULT,
                        String.format(
                                Locale.ROOT,
                                "untranslated, by 16 x 16 pixels: KID %.4f, Fréchet distance %.2f",
                                figures.get("kid"),
                                figures.get("frechet")));
        run.metrics().add(0, figures);
        log.before(figures);
    }

    /** The held-out images where there are any; says so where there are none. */
    private Domains judged(Domains images) throws IOException {
        Optional<Domains> heldOut = translation.domains().heldOut(images());
        if (heldOut.isEmpty()) {
            listener()
                    .note(
                            Note.Kind.WARNING,
                            "judged by the images trained on: there are no others; hold-out: 10 keeps every tenth back");
        }
        return heldOut.orElse(images);
    }

    private List<Record> records() {
        List<Record> records = new ArrayList<>(List.of(new TranslationName(TranslationName.METHOD)));
        records.addAll(translation.records());
        if (!beginning.isRandom()) {
            records.add(beginning);
        }
        records.addAll(List.of(monitoring, checkpointing, reporting));
        return records;
    }
}
