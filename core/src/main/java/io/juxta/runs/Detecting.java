package io.juxta.runs;

import io.juxta.data.BatchSource;
import io.juxta.data.LoaderOptions;
import io.juxta.data.boxes.PictureBatches;
import io.juxta.detect.DetectionName;
import io.juxta.detect.DetectionRecipe;
import io.juxta.detect.DetectorLearner;
import io.juxta.detect.FasterRcnn;
import io.juxta.distributed.Communicator;
import io.juxta.report.DetectionSnapshots;
import io.juxta.report.Snapshots;
import io.juxta.runs.machine.SpeedTest;
import io.juxta.runs.methods.BackboneWeights;
import io.juxta.runs.methods.Beginning;
import io.juxta.runs.methods.DetectionCost;
import io.juxta.runs.methods.DetectionMemory;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.MemoryFit;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Pace;
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
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import io.juxta.train.run.RunImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntToLongFunction;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.jspecify.annotations.Nullable;

/**
 * Trains a detector on pictures with boxes, by a recipe of Faster R-CNN, from an encoder's weights or from none.
 *
 * <pre>{@code
 * Run run = Detecting.by(Recipe.named("folder/detect"))
 *         .on(Path.of("fruit"))
 *         .from(Path.of("runs/photos"))
 *         .start();
 * RunResult result = run.await();
 * }</pre>
 *
 * <p>What is refused is refused before the run's folder is made.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Detecting extends RunRequest<Detecting> {
    private final DetectionRecipe recipe;
    private final DetectionMonitor.Options monitoring;
    private final Checkpointing.Options checkpointing;
    private final Snapshots.Options reporting;
    private @Nullable Path data;
    private Beginning beginning;

    private Detecting(Recipe text) {
        super(text);
        text.bind(DetectionName.class);
        recipe = DetectionRecipe.bind(text);
        monitoring = text.bind(DetectionMonitor.Options.class);
        checkpointing = text.bind(Checkpointing.Options.class);
        reporting = text.bind(Snapshots.Options.class);
        beginning = text.bind(Beginning.class);
        text.checkAllKnown();
    }

    /**
     * By a recipe.
     *
     * @throws io.juxta.train.recipe.RecipeException when a value or key of it cannot be, in one line
     */
    public static Detecting by(Recipe recipe) {
        return new Detecting(recipe);
    }

    /**
     * The run in a folder, to go on from its last checkpoint by its own recipe, with its own pictures.
     *
     * @throws IOException when there is no run, or it does not know where its pictures are
     */
    public static Detecting resume(Path folder) throws IOException {
        KnownRun run = new KnownRun(folder);
        return by(run.recipe(Optional.empty(), remark -> {})).on(run.images()).resuming(folder);
    }

    /** The keys of its recipes; nothing is bound, which would take libtorch. */
    public static Set<String> keys() {
        return keysOf(records());
    }

    static List<Class<? extends Record>> records() {
        return List.of(
                DetectionName.class,
                DetectionRecipe.class,
                DetectionMonitor.Options.class,
                Checkpointing.Options.class,
                Snapshots.Options.class);
    }

    /** The folder of pictures with boxes, in the shapes that {@code docs/detection.md} lists. */
    @Override
    public Detecting on(Path folder) {
        data = folder;
        return this;
    }

    /**
     * The encoder that the backbone begins as; without it random weights.
     *
     * @param encoder whatever {@code juxta import} recognises, or a run of ours
     * @throws IOException when it cannot be read, in one line
     */
    @Override
    public Detecting from(Path encoder) throws IOException {
        beginning = Beginning.from(encoder);
        return this;
    }

    @Override
    Detecting self() {
        return this;
    }

    @Override
    Optional<Path> data() {
        return Optional.of(folderOfPictures());
    }

    private Path folderOfPictures() {
        if (data == null) {
            throw new IllegalStateException("nothing to train on: say on(...) first");
        }
        return data;
    }

    private DetectionSets sets() throws IOException {
        return DetectionSets.open(folderOfPictures(), recipe);
    }

    @Override
    public RunPlan plan() throws IOException {
        DetectionSets sets = sets();
        sets.tell(folderOfPictures(), listener());
        TrainingOptions training = recipe.training();
        try (FasterRcnn network = sets.recipe().network()) {
            begin(network, processes().device(training.device()));
            long steps =
                    recipe.rate().epochSteps(training.batchSize(), sets.train().size());
            return new RunPlan(
                    Recipe.write(records(sets.recipe())),
                    sets.train().size(),
                    steps,
                    steps * training.epochs(),
                    String.format(Locale.ROOT, "%,d", StateDict.parameterCount(network)),
                    DetectionMemory.told(sets.recipe(), processes().loader(training)),
                    time(sets.recipe(), steps * training.epochs()));
        }
    }

    /** Of a GPU nothing is known. */
    private String time(DetectionRecipe known, long steps) {
        if (processes().device(known.training().device()).is_cuda()) {
            return "";
        }
        Torch.threads(known.training().threads());
        return DetectionCost.told(
                known, processes().loader(known.training()).batchSize(), steps, SpeedTest.convolutionGigaflops());
    }

    @Override
    Run.Work work(RunPlace place) throws IOException {
        TrainingOptions training = recipe.training();
        training.precision().use(processes().device(training.device())); // refused before anything is made
        DetectionSets sets = sets();
        if (!ignoresMemory()) {
            requireMemory(sets.recipe());
        }
        return stopping -> run(sets, place, stopping);
    }

    /** Refuses a run that the memory of this machine, or of its container, is too small for. */
    private void requireMemory(DetectionRecipe known) throws IOException {
        if (!processes().isFirstHere()
                || processes().device(known.training().device()).is_cuda()) {
            return; // one speaks for all; a GPU's memory is its own
        }
        IntToLongFunction bytes = batch -> {
            try {
                DetectionRecipe other = DetectionRecipe.bind(recipe().with(List.of("batch-size=" + batch)))
                        .withClasses(known.pictures().classes());
                return DetectionMemory.bytes(other, processes().loader(other.training()));
            } catch (IllegalArgumentException e) {
                return 0; // a batch that this recipe cannot have
            }
        };
        new MemoryFit(SystemMemory.here(), processes().sizeHere())
                .require(MemoryFit.Demand.ofBatch(known.training().batchSize(), bytes, 0));
    }

    private RunResult run(DetectionSets sets, RunPlace place, Stopping stopping) throws IOException {
        TrainingOptions training = recipe.training();
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = processes().device(training.device());
        RunIdentity identity = RunIdentity.of(
                DetectionName.METHOD, records(sets.recipe()), sets.train().dataset());
        return processes().together(device, identity, communicator -> {
            FasterRcnn network = sets.recipe().network();
            if (!place.resumes()) {
                begin(network, device);
            }
            network.to(device, false);
            StateDict.channelsLast(network);
            try (BatchSource loader = batches(sets, recipe.training().seed(), steps(sets));
                    BatchSource precise = batches(
                            sets,
                            ~recipe.training().seed(),
                            Math.max(1, recipe.statistics().preciseBn()));
                    DetectorLearner learner = new DetectorLearner(
                            network,
                            recipe.sgd(),
                            training.seed(),
                            communicator,
                            MixedPrecision.of(training.precision(), device),
                            statistics(precise))) {
                Running running = new Running(sets, learner, loader, device, communicator, stopping, stop(stopping));
                return communicator.isFirst()
                        ? lead(running, place, identity)
                        : RunResult.ofOneThatFollows(place.folder(), follow(running), learner.product());
            }
        });
    }

    private int steps(DetectionSets sets) {
        return recipe.rate()
                .epochSteps(recipe.training().batchSize(), sets.train().size());
    }

    private Optional<DetectorLearner.Statistics> statistics(BatchSource precise) {
        int epochs = recipe.training().epochs();
        return recipe.statistics().preciseBn() == 0
                ? Optional.empty()
                : Optional.of(new DetectorLearner.Statistics(
                        precise, epoch -> epoch + 1 == epochs || monitoring.judges(epoch, epochs)));
    }

    private PictureBatches batches(DetectionSets sets, long seed, int batches) {
        LoaderOptions share = processes().loader(recipe.training());
        return new PictureBatches(
                sets.train(),
                new PictureBatches.Options(
                        share.batchSize(),
                        batches,
                        seed,
                        recipe.pictures().training(),
                        recipe.pictures().pixelValues(),
                        share.threads(),
                        share.rank(),
                        share.processes()));
    }

    /** Gives a network the encoder's weights, where there is one. */
    private void begin(FasterRcnn network, Device device) throws IOException {
        if (!beginning.isRandom()) {
            int taken = BackboneWeights.load(beginning.file(), network.backbone(), device);
            listener()
                    .note(
                            Note.Kind.BEGUN,
                            "begun from " + beginning.from() + ": " + taken
                                    + " tensors taken; proposals and boxes begin with random weights");
        }
    }

    /** What a run consists of in each of its processes. */
    private record Running(
            DetectionSets sets,
            DetectorLearner learner,
            BatchSource loader,
            Device device,
            Communicator communicator,
            Stopping stopping,
            BooleanSupplier stop) {
        boolean train(Position from, List<Training.Listener> listeners) throws IOException {
            Training loop = new Training(
                    sets.recipe().training(), sets.recipe().schedule(), learner, loader, PictureBatches.VIEWS, device);
            // one that is asked to stop stops all, at the same step
            return loop.run(from, listeners, () -> communicator.any(stop.getAsBoolean()));
        }
    }

    /** A process that only computes its part. */
    private static boolean follow(Running running) throws IOException {
        Position from = Replicas.followFirst(running.communicator, running.learner, Position.START);
        return running.train(from, List.of());
    }

    /** The process that measures, writes and speaks; the only one as a rule. */
    private RunResult lead(Running running, RunPlace place, RunIdentity identity) throws IOException {
        DetectorLearner learner = running.learner;
        TrainingOptions training = recipe.training();
        running.sets.tell(folderOfPictures(), listener());
        RunImages remembered = place.images(running.sets.train().dataset());
        try (RunFolder run = place.open(identity)) {
            Position from = Replicas.followFirst(
                    running.communicator,
                    learner,
                    place.begin(run, learner, training.epochs(), remembered, listener()));
            place.begun(listener(), running.communicator, "");
            RunTelling telling =
                    new RunTelling(listener(), after(running.stopping), training, running.loader, Figure.AP, from);
            try (ProgressFile watched =
                            new ProgressFile(place.folder(), new Pace(training, running.loader.batches(), from));
                    DetectionSnapshots snapshots = DetectionSnapshots.begin(
                            run.path(),
                            running.sets.train(),
                            training.epochs(),
                            reporting,
                            from.epoch(),
                            place.origin(),
                            run::isSaved);
                    RunLog log =
                            RunLog.open(place.folder(), from, running.loader.batches(), RunPlace.about(identity))) {
                List<Training.Listener> listeners = new ArrayList<>(List.of(telling.steps()));
                running.sets
                        .heldOut()
                        .ifPresent(heldOut -> listeners.add(new DetectionMonitor(
                                learner.network(),
                                recipe.pictures(),
                                heldOut,
                                monitoring,
                                training.epochs(),
                                snapshots::judged)));
                listeners.add(RunPlace.memory());
                listeners.add(log);
                listeners.add(watched);
                listeners.add(new Checkpointing(run, learner, checkpointing, Figure.AP, from, log::checkpoint));
                listeners.add(snapshots);
                listeners.add(telling);
                boolean done = log.telling(() -> running.train(from, listeners));
                return place.result(run, learner, done, 0, Figure.AP, Optional.empty());
            }
        }
    }

    private List<Record> records(DetectionRecipe known) {
        List<Record> records = new ArrayList<>(List.of(new DetectionName(DetectionName.METHOD)));
        records.addAll(known.records());
        records.addAll(List.of(monitoring, checkpointing, reporting));
        if (!beginning.isRandom()) {
            records.add(beginning);
        }
        return records;
    }
}
