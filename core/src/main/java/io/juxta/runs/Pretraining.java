package io.juxta.runs;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.dino.DinoRecipe;
import io.juxta.distill.DistillRecipe;
import io.juxta.eval.neighbours.KnnMonitor;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.exchange.MocoCheckpoint;
import io.juxta.exchange.StartingWeights;
import io.juxta.image.Augmentation;
import io.juxta.moco.MocoRecipe;
import io.juxta.report.Snapshots;
import io.juxta.runs.methods.Beginning;
import io.juxta.runs.methods.HeldOut;
import io.juxta.runs.methods.Method;
import io.juxta.siamese.SiameseRecipe;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.swav.SwavRecipe;
import io.juxta.torch.Devices;
import io.juxta.train.ImageCache;
import io.juxta.train.PictureOptions;
import io.juxta.train.TrainingOptions;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.Checkpointing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Trains an encoder on images that nobody has labelled, by a recipe of MoCo, SwAV, DeepCluster-v2, one of the methods that
 * compare two views, or by distillation.
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
    private Method method;
    private final KnnMonitor.Options monitoring;
    private final KnnOptions knn;
    private final ImageCache cache;
    private final PictureOptions pictures;
    private final Checkpointing.Options checkpointing;
    private final Snapshots.Options reporting;
    private Optional<Path> data = Optional.empty();
    private @Nullable Dataset images;
    private Optional<Dataset> heldOut = Optional.empty();
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
        List<Class<? extends Record>> types = new ArrayList<>(SiameseRecipe.METHODS.values());
        types.addAll(List.of(
                Method.Name.class,
                MocoRecipe.class,
                SwavRecipe.class,
                DeepClusterRecipe.class,
                DistillRecipe.class,
                DinoRecipe.class,
                KnnMonitor.Options.class,
                KnnOptions.class,
                ImageCache.class,
                PictureOptions.class,
                Checkpointing.Options.class,
                Snapshots.Options.class));
        return keysOf(types);
    }

    /**
     * A folder of images: any, or one with {@code train} and {@code test} (or {@code val}) in it, or CIFAR-10's binary files.
     * kNN is measured on held-out images that have classes.
     *
     * @throws IOException when there are no images, or they cannot be listed
     */
    @Override
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
    @Override
    public Pretraining from(Path weights) throws IOException {
        beginning = Beginning.from(weights);
        return this;
    }

    /**
     * By a teacher, where the method is distillation.
     *
     * @param weights of an encoder that was trained before: whatever {@code juxta import} recognises, or a run of ours
     * @throws IOException when they cannot be read or are no encoder's, in one line
     * @throws IllegalArgumentException when the method has no teacher, or this one does not suit the recipe
     */
    public Pretraining taughtBy(Path weights) throws IOException {
        method = method.taughtBy(weights);
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
        method = method.completed(folder());
        Method fitted = method.fitTo(images.size(), this::fitted);
        TrainingOptions training = fitted.training();
        training.precision().use(Devices.parse(training.device()));
        fitted.remarks().forEach(line -> listener().note(Note.Kind.BEGUN, line));
        checkBeginning(fitted);
        judged(images, heldOut);
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

    /** What is frozen was trained before. */
    private void requireBeginning() {
        if (beginning.isRandom() && method.tuning().freezeStages() > 0) {
            throw new IllegalArgumentException(
                    "freeze-stages " + method.tuning().freezeStages()
                            + " would keep random weights: say --from WEIGHTS, or set freeze-stages to 0");
        }
    }

    /** Says what the run would take over, and refuses what does not fit. */
    private void checkBeginning(Method fitted) throws IOException {
        requireBeginning();
        if (beginning.isRandom()) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                EncoderNetwork encoder = fitted.encoder()) {
            StartingWeights weights = beginning.read(encoder);
            Optional<MocoCheckpoint> whole =
                    beginning.whole(fitted, encoder, fitted.training().epochs());
            if (whole.isPresent()) {
                listener()
                        .note(
                                Note.Kind.BEGUN,
                                "goes on after epoch " + whole.get().epochs() + " of " + beginning.from()
                                        + ", its queue, pointer and momentum with it");
                return;
            }
            listener().note(Note.Kind.BEGUN, "begins from " + beginning.from() + ": " + weights.told());
        }
    }

    private void fitted(String line) {
        listener().note(Note.Kind.FITTED, line);
    }

    @Override
    Run.Work work(RunPlace place) throws IOException {
        Dataset stored = images();
        survey();
        requireBeginning();
        method = method.completed(place.folder());
        if (!ignoresMemory()) {
            PretrainingMemory.require(completed(), method, cache, stored, processes());
        }
        return stopping -> new PretrainingRun(this, place, stopping).of(stored);
    }

    /** The recipe with what stands in files that it names. */
    private Recipe completed() {
        return Recipe.parse(Recipe.write(options(method)), recipe().name());
    }

    Method method() {
        return method;
    }

    KnnMonitor.Options monitoring() {
        return monitoring;
    }

    KnnOptions knn() {
        return knn;
    }

    ImageCache cache() {
        return cache;
    }

    /** Images as this run takes them. */
    Dataset taken(Dataset stored) {
        List<Augmentation> views = new ArrayList<>(method.views());
        views.add(method.evaluation());
        return pictures.of(stored, views);
    }

    Checkpointing.Options checkpointing() {
        return checkpointing;
    }

    Snapshots.Options reporting() {
        return reporting;
    }

    Optional<Dataset> heldOut() {
        return heldOut;
    }

    Beginning beginning() {
        return beginning;
    }

    /** The held-out images if kNN can be measured on them; says so where it cannot. */
    Optional<Dataset> judged(Dataset images, Optional<Dataset> asked) {
        return monitoring.knnEvery() == 0
                ? Optional.empty()
                : HeldOut.of(images, asked, knn, line -> listener().note(Note.Kind.WARNING, line));
    }

    List<Record> options(Method fitted) {
        List<Record> records = new ArrayList<>(List.of(new Method.Name(fitted.name())));
        records.addAll(fitted.records());
        if (!beginning.isRandom()) {
            records.add(beginning);
        }
        records.addAll(List.of(pictures, cache, monitoring, knn, checkpointing, reporting));
        return records;
    }
}
