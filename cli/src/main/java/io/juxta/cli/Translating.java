package io.juxta.cli;

import io.juxta.cut.Cut;
import io.juxta.cut.CutRecipe;
import io.juxta.cut.NetworkOptions;
import io.juxta.cut.PlateauRate;
import io.juxta.data.Dataset;
import io.juxta.data.Domains;
import io.juxta.data.Loader;
import io.juxta.data.Samples;
import io.juxta.data.Survey;
import io.juxta.distributed.Communicator;
import io.juxta.report.Origin;
import io.juxta.report.Snapshots;
import io.juxta.report.TranslationSnapshots;
import io.juxta.torch.Devices;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.Pace;
import io.juxta.train.Position;
import io.juxta.train.Replicas;
import io.juxta.train.Schedule;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.log.ProgressFile;
import io.juxta.train.log.RunLog;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.Checkpointing;
import io.juxta.train.run.Figure;
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import io.juxta.train.run.RunImages;
import java.io.IOException;
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
import org.bytedeco.pytorch.Device;

/** One run that learns to translate: puts data, learner, loop, judgement and the run's folder together. */
final class Translating {
    private static final String METHOD = "cut";

    private final CutRecipe recipe;
    private final TranslationMonitor.Options monitoring;
    private final Checkpointing.Options checkpointing;
    private final Snapshots.Options reporting;
    private final Progress.Style progress;

    record Name(
            @Default(METHOD) @Means("what is trained: cut, for all of its family")
            String method) {
        Name {
            if (!method.equals(METHOD)) {
                throw new IllegalArgumentException(
                        "method " + method + " does not translate: only cut does; give this recipe to juxta pretrain");
            }
        }
    }

    private Translating(
            CutRecipe recipe,
            TranslationMonitor.Options monitoring,
            Checkpointing.Options checkpointing,
            Snapshots.Options reporting,
            Progress.Style progress) {
        this.recipe = recipe;
        this.monitoring = monitoring;
        this.checkpointing = checkpointing;
        this.reporting = reporting;
        this.progress = progress;
    }

    static Translating of(Recipe recipe, Progress.Style progress) {
        recipe.bind(Name.class);
        Translating translating = new Translating(
                CutRecipe.bind(recipe),
                recipe.bind(TranslationMonitor.Options.class),
                recipe.bind(Checkpointing.Options.class),
                recipe.bind(Snapshots.Options.class),
                progress);
        recipe.checkAllKnown();
        return translating;
    }

    /** The keys of its recipes; nothing is bound, which would take libtorch. */
    static Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        for (Class<? extends Record> type : List.of(
                Name.class,
                CutRecipe.class,
                TranslationMonitor.Options.class,
                Checkpointing.Options.class,
                Snapshots.Options.class)) {
            keys.addAll(Recipe.keys(type));
        }
        return keys;
    }

    /** Prints what a run would be; refuses what a run would refuse. */
    void describe(Path data) throws IOException {
        TrainingOptions training = recipe.training();
        Device device = Devices.parse(training.device());
        Domains images = recipe.domains().trained(data);
        int samples = recipe.samples(images).size();
        System.out.print(Recipe.write(records()));
        System.out.println();
        System.out.println(images.found());
        left(data, images).forEach(System.out::println);
        try (Cut cut = Cut.create(recipe, device)) {
            long steps = samples / training.batchSize();
            System.out.printf(
                    Locale.ROOT, "steps              %,d an epoch, %,d in all%n", steps, training.epochs() * steps);
            System.out.printf(
                    Locale.ROOT,
                    "parameters         %,d in the generator, %,d in the discriminator, %,d in the sampler%n",
                    StateDict.parameterCount(cut.networks().get(0)),
                    StateDict.parameterCount(cut.networks().get(1)),
                    StateDict.parameterCount(cut.networks().get(2)));
        }
    }

    /**
     * Trains. What can be refused is refused before the folder is made.
     *
     * @param stop asked after every step; a run that ends so goes on from there when it is resumed
     * @return whether the last epoch was reached
     */
    boolean run(Path data, RunPlace place, BooleanSupplier stop) throws IOException {
        TrainingOptions training = recipe.training();
        Group group = Group.ofEnvironment();
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = group.device(training.device());
        Domains images = recipe.domains().trained(data);
        Samples samples = recipe.samples(images);
        RunIdentity identity = RunIdentity.of(METHOD, records(), images.a(), images.b());
        return group.together(device, identity, communicator -> {
            try (Loader loader = Loader.open(samples, group.loader(training));
                    Cut cut = Cut.create(recipe, device, communicator)) {
                Running running = new Running(recipe, samples, cut, loader, device, communicator, stop);
                return communicator.isFirst() ? lead(running, data, images, place, identity) : follow(running);
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
        return running.train(from, recipe.rate().schedule(List.of()), List.of());
    }

    /** The process that measures, writes and speaks; the only one as a rule. */
    private boolean lead(Running running, Path data, Domains images, RunPlace place, RunIdentity identity)
            throws IOException {
        Cut cut = running.cut;
        Loader loader = running.loader;
        System.out.println(images.found());
        left(data, images).forEach(System.out::println);
        Domains judged = judged(data, images);
        RunImages remembered = place.images(images.a(), images.b());
        try (TranslationMonitor monitor = Interruption.disposable(
                        () -> TranslationMonitor.of(recipe, monitoring, cut.network(), judged, running.device));
                RunFolder run = place.open(identity)) {
            Position from = Replicas.followFirst(
                    running.communicator,
                    cut,
                    place.begin(run, cut, recipe.training().epochs(), remembered));
            int processes = running.communicator.size();
            System.out.println(place.folder() + ": " + Torch.describe()
                    + (processes == 1 ? "" : " in each of " + processes + " processes"));
            try (EpochLine lines = new EpochLine(place.name(), recipe.training(), loader, Figure.KID, progress, from);
                    ProgressFile watched =
                            new ProgressFile(place.folder(), new Pace(recipe.training(), loader.batches(), from));
                    TranslationSnapshots snapshots = snapshots(place, run, cut, judged, from);
                    RunLog log = RunLog.open(place.folder(), from, loader.batches(), RunPlace.about(identity))) {
                if (from.isStart() && monitoring.distanceEvery() > 0) {
                    before(monitor, run, log);
                }
                Schedule rate = recipe.rate().schedule(run.metrics().rows());
                List<Training.Listener> listeners = new ArrayList<>(List.of(lines.steps(), monitor));
                if (rate instanceof PlateauRate plateau) {
                    listeners.add(plateau);
                }
                listeners.add(snapshots.figures());
                listeners.add(RunPlace.memory());
                listeners.add(log);
                listeners.add(watched);
                listeners.add(RunPlace.diagnosing(recipe.task(loader.batches()), run, log, lines));
                listeners.add(RunPlace.remembering(run, remembered));
                listeners.add(new Checkpointing(run, cut, checkpointing, Figure.KID, from, log::checkpoint));
                listeners.add(snapshots);
                listeners.add(lines);
                boolean done = log.telling(() -> running.train(from, rate, listeners));
                lines.best(run.metrics()).ifPresent(System.out::println);
                place.sayEnd(run, cut, done, loader.unreadable().size());
                return done;
            }
        }
    }

    private TranslationSnapshots snapshots(RunPlace place, RunFolder run, Cut cut, Domains shown, Position from)
            throws IOException {
        NetworkOptions networks = recipe.networks();
        TranslationSnapshots.Subject subject = new TranslationSnapshots.Subject(
                shown.a(),
                shown.b(),
                recipe.views().evaluation(networks.inputNc()),
                recipe.views().evaluation(networks.outputNc()),
                recipe.training().epochs(),
                reporting);
        TranslationSnapshots.Translator translator =
                new TranslationSnapshots.Translator(cut.network(), cut.network()::forward, cut.similarity()::maps);
        Origin origin = CommandWords.origin(place.command());
        return TranslationSnapshots.begin(run.path(), translator, subject, from.epoch(), origin, run::isSaved);
    }

    private static void before(TranslationMonitor monitor, RunFolder run, RunLog log) throws IOException {
        Map<String, Double> figures = Interruption.disposable(monitor::untranslated);
        System.out.printf(
                Locale.ROOT,
                "untranslated, by 16 x 16 pixels: KID %.4f, Fréchet distance %.2f%n",
                figures.get("kid"),
                figures.get("frechet"));
        run.metrics().add(0, figures);
        log.before(figures);
    }

    /** What of the folder is in neither domain. */
    private static List<String> left(Path data, Domains images) throws IOException {
        Map<String, Dataset> sets = new LinkedHashMap<>();
        sets.put("A", images.a());
        sets.put("B", images.b());
        return Survey.of(data, sets).leftLines();
    }

    /** The held-out images where there are any; says so where there are none. */
    private Domains judged(Path data, Domains images) throws IOException {
        Optional<Domains> heldOut = recipe.domains().heldOut(data);
        if (heldOut.isEmpty()) {
            System.out.println(
                    "judged by the images trained on: there are no others; hold-out: 10 keeps every tenth back");
        }
        return heldOut.orElse(images);
    }

    private List<Record> records() {
        List<Record> records = new ArrayList<>(List.of(new Name(METHOD)));
        records.addAll(recipe.records());
        records.addAll(List.of(monitoring, checkpointing, reporting));
        return records;
    }
}
