package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.VisionTransformer;
import io.juxta.data.Dataset;
import io.juxta.data.LoaderOptions;
import io.juxta.distill.DistillMemory;
import io.juxta.distill.DistillRecipe;
import io.juxta.distill.Distillation;
import io.juxta.distill.Teacher;
import io.juxta.distill.TeacherOptions;
import io.juxta.distributed.Communicator;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.exchange.KnownWeights;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Augmentation;
import io.juxta.torch.Precision;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Distillation as a run takes it. */
record DistillMethod(DistillRecipe recipe) implements Method {
    private static final Device CPU = new Device("cpu");

    @Override
    public String name() {
        return DistillRecipe.METHOD;
    }

    private TeacherOptions teacher() {
        return recipe.teacher();
    }

    private boolean isSeenOnce() {
        return teacher().teacherViews() == TeacherOptions.Views.ONCE;
    }

    @Override
    public DistillMethod taughtBy(Path weights) throws IOException {
        Path file = KnownWeights.file(weights).toAbsolutePath().normalize();
        requireAtRest(file);
        String sha256 = FileHash.sha256(List.of(file));
        int dim;
        try (EncoderNetwork network = TrainedEncoder.read(file, CPU).network()) {
            requireWholePatches(file, network);
            dim = embedding(network);
        }
        return new DistillMethod(recipe.taughtBy(file.toString(), sha256, dim));
    }

    /** Weights that change while the student learns could not be found again by a run that goes on. */
    private static void requireAtRest(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder != null && (RunFolder.isLive(folder) || RunFolder.isLive(folder.resolveSibling(".")))) {
            throw new IOException(
                    file + " is of a run that still trains, and will change: wait until that ends, or copy"
                            + " the file elsewhere and give the copy");
        }
    }

    private void requireWholePatches(Path file, EncoderNetwork network) {
        if (isSeenOnce() || !(network instanceof VisionTransformer transformer)) {
            return; // seen once, images have the teacher's own size
        }
        try {
            transformer.options().patches(recipe.views().imageSize());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "image-size " + recipe.views().imageSize() + " does not suit the teacher " + file + ": "
                            + e.getMessage()
                            + "; set it so, or teacher-views=once, which shows it every image in its own size",
                    e);
        }
    }

    /** How wide the teacher's embedding is, as no weights of any kind tell alike: by a small picture. */
    private int embedding(EncoderNetwork network) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long side = network.smallSide();
            var picture = torch.zeros(1, 3, side, side);
            var embedding = teacher().teacherLayer() == TeacherOptions.Layer.HEAD
                    ? network.forward(picture)
                    : network.pooled(picture);
            return Math.toIntExact(embedding.size(1));
        }
    }

    @Override
    public DistillMethod completed(Path run) throws IOException {
        if (teacher().isNone()) {
            throw new IllegalArgumentException(
                    "teacher none: say --teacher WEIGHTS, a run or weights that juxta import knows, or name them in the recipe");
        }
        DistillMethod known =
                teacher().isKnown() ? this : taughtBy(Path.of(teacher().teacher()));
        Path file = Path.of(known.teacher().teacher()).toAbsolutePath().normalize();
        if (file.startsWith(run.toAbsolutePath().normalize())) {
            throw new IllegalArgumentException("teacher " + file + " lies in the run's own folder, " + run
                    + ", and no student teaches itself: give other weights, or another --run");
        }
        return known;
    }

    /**
     * The teacher with its weights, its batch norms folded: it learns nothing.
     *
     * @throws IOException when they cannot be read, or are not those that the run began with
     */
    private TrainedEncoder read(Device device) throws IOException {
        Path file = Path.of(teacher().teacher());
        if (!FileHash.sha256(List.of(file)).equals(teacher().teacherSha256())) {
            throw new IOException(file + " is not the teacher that this run began with: put it back, or say --teacher"
                    + " where it is now");
        }
        TrainedEncoder encoder = TrainedEncoder.read(file, device);
        encoder.network().fold(Precision.FLOAT32); // what it computes in is the run's own affair
        return encoder;
    }

    @Override
    public EncoderLearner learner(int images, Device device, Communicator communicator) throws IOException {
        return recipe.learner(teacher(images, device), device, communicator);
    }

    private Teacher teacher(int images, Device device) throws IOException {
        if (isSeenOnce()) {
            return Teacher.remembering(
                    torch.zeros(images, recipe.head().embedding()).to(device, ScalarType.Float));
        }
        TrainedEncoder encoder = read(device);
        return Teacher.seeing(
                encoder.network(),
                teacher().teacherLayer(),
                encoder.input(),
                recipe.views().normalization().statistics());
    }

    /** A teacher that sees every image once does so now. */
    @Override
    public void prepare(EncoderLearner learner, Dataset stored, Device device, Communicator communicator)
            throws IOException {
        if (!isSeenOnce()) {
            return;
        }
        TrainedEncoder encoder = read(device);
        try (PointerScope scope = new PointerScope();
                EncoderNetwork network = encoder.network()) {
            Layer layer = teacher().teacherLayer() == TeacherOptions.Layer.HEAD ? Layer.HEAD : Layer.BACKBONE;
            try (Features seen = Features.of(
                    network,
                    encoder.taken(stored),
                    encoder.evaluation(),
                    FeatureOptions.of(layer, FeatureOptions.Length.UNIT),
                    communicator)) {
                ((Distillation) learner).remember(seen.values());
            }
        }
    }

    @Override
    public List<String> remarks() {
        return List.of(String.format(
                Locale.ROOT,
                "taught by %s, %,d values, %s",
                teacher().teacher(),
                recipe.head().embedding(),
                isSeenOnce()
                        ? "which sees every image once, before training"
                        : "which sees every view that the student sees"));
    }

    @Override
    public DistillMethod fitTo(int images, Consumer<String> say) {
        return new DistillMethod(recipe.fitTo(images, say));
    }

    @Override
    public List<Record> records() {
        return recipe.records();
    }

    @Override
    public TrainingOptions training() {
        return recipe.training();
    }

    @Override
    public LearningRate learningRate() {
        return recipe.learningRate();
    }

    @Override
    public FineTuning tuning() {
        return recipe.tuning();
    }

    @Override
    public EncoderNetwork encoder() {
        return recipe.student();
    }

    @Override
    public String arch() {
        return recipe.backbone().arch();
    }

    @Override
    public List<Augmentation> views() {
        return List.of(recipe.views().view());
    }

    @Override
    public Augmentation evaluation() {
        return recipe.views().evaluation();
    }

    @Override
    public long parameters() {
        return recipe.parameters();
    }

    @Override
    public String whose() {
        return "in the student";
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        long weights;
        try {
            weights = 2 * Files.size(Path.of(teacher().teacher())); // folded, and as they are
        } catch (IOException e) {
            weights = 0; // a run that goes on may need it no more; else it is refused where it is read
        }
        return DistillMemory.of(recipe, images, weights, loader);
    }

    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return recipe.task(stepsPerEpoch);
    }
}
