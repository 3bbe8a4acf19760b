package io.juxta.distill;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.MixedPrecision;
import io.juxta.train.TrainingOptions;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.embedding.KeyQueue;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.embedding.RateFit;
import io.juxta.train.embedding.ViewOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** All that a distillation is told by its recipe. */
@API(status = API.Status.INTERNAL)
public record DistillRecipe(
        BackboneOptions backbone,
        StudentHead head,
        TeacherOptions teacher,
        DistillOptions distill,
        ViewOptions views,
        LearningRate learningRate,
        RuleOptions rule,
        FineTuning tuning,
        TrainingOptions training,
        Fit fit) {
    /** As recipes spell the method. */
    public static final String METHOD = "distill";

    /** Values in a queue: 4 GiB. */
    private static final long LARGEST_QUEUE = 1 << 30;

    /** What may give way so that one recipe serves any folder. Each change is announced. */
    public record Fit(
            @Means(
                    value =
                            "the batch size that lr is meant for: another one scales lr in proportion; null takes lr as "
                                    + "it stands",
                    unit = "images",
                    source = "Goyal et al. 2017")
            @Range(least = 1)
            Optional<Integer> lrForBatch,

            @Means(
                    "whether K comes down to the number of images of an epoch, so that the queue holds no image twice, and to a"
                            + " multiple of batch-size")
            @Default("false")
            @OnlyWith(key = "loss", in = "seed")
            boolean capQueue) {
        public Fit {
            new RateFit(lrForBatch);
        }
    }

    public DistillRecipe {
        tuning.require(backbone.stages());
        training.requireBatchesOfTwo();
        backbone.requireSides("image-size", List.of(views.imageSize()));
        if (distill.loss() == DistillOptions.Loss.SEED) {
            requireQueue(distill.K(), training.batchSize(), fit.capQueue());
            head.dim().ifPresent(dim -> {
                if ((long) distill.K() * dim > LARGEST_QUEUE) {
                    throw new IllegalArgumentException("K " + distill.K() + " times the teacher's " + dim
                            + " values must be at most " + LARGEST_QUEUE + ", a queue of 4 GiB: set K to at most "
                            + LARGEST_QUEUE / dim / training.batchSize() * training.batchSize());
                }
            });
        }
    }

    private static void requireQueue(int K, int batch, boolean capped) {
        if (K < batch) {
            throw new IllegalArgumentException("K " + K + " is below batch-size " + batch
                    + ", which goes into the queue: set it to at least that");
        }
        if (!capped && K % batch != 0) {
            throw new IllegalArgumentException("K " + K + " is not a multiple of batch-size " + batch + ": set K to "
                    + K / batch * batch + ", or cap-queue to true");
        }
    }

    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static DistillRecipe bind(Recipe recipe) {
        BackboneOptions backbone = recipe.bind(BackboneOptions.class);
        StudentHead head = recipe.bind(StudentHead.class);
        TeacherOptions teacher = recipe.bind(TeacherOptions.class);
        DistillOptions distill = recipe.bind(DistillOptions.class);
        ViewOptions views = recipe.bind(ViewOptions.class);
        LearningRate learningRate = recipe.bind(LearningRate.class);
        RuleOptions rule = recipe.bind(RuleOptions.class);
        FineTuning tuning = recipe.bind(FineTuning.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        Fit fit = recipe.bind(Fit.class);
        try {
            return new DistillRecipe(
                    backbone, head, teacher, distill, views, learningRate, rule, tuning, training, fit);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * This recipe with a teacher whose weights have been read.
     *
     * @param file its weights
     * @param sha256 the file's checksum
     * @param dim the width of its embeddings
     */
    public DistillRecipe taughtBy(String file, String sha256, int dim) {
        return with(head.withDim(dim), teacher.with(file, sha256), distill, learningRate, fit);
    }

    private DistillRecipe with(
            StudentHead otherHead,
            TeacherOptions otherTeacher,
            DistillOptions otherDistill,
            LearningRate otherRate,
            Fit otherFit) {
        return new DistillRecipe(
                backbone, otherHead, otherTeacher, otherDistill, views, otherRate, rule, tuning, training, otherFit);
    }

    /**
     * This recipe for a data set of a certain size.
     *
     * @param say gets a line for each value that changed
     * @throws IllegalArgumentException when the images do not fill one batch
     */
    public DistillRecipe fitTo(int images, Consumer<String> say) {
        training.requireBatchOf(images);
        int batch = training.batchSize();
        DistillOptions fitted = distill;
        int most = Math.min(distill.K(), images) / batch * batch;
        if (fit.capQueue() && distill.loss() == DistillOptions.Loss.SEED && distill.K() > most) {
            say.accept("K " + distill.K() + " becomes " + most + ": a multiple of batch-size, of at most the " + images
                    + " images (cap-queue)");
            fitted = distill.withQueue(most);
        }
        LearningRate rate = new RateFit(fit.lrForBatch()).rate(learningRate, batch, say);
        // fitted values stand as they are: they must not be fitted a second time when the run's recipe is read
        return with(head, teacher, fitted, rate, new Fit(Optional.empty(), false));
    }

    /** The records, for the text of the run's recipe. */
    public List<Record> records() {
        return List.of(backbone, head, teacher, distill, views, learningRate, rule, tuning, training, fit);
    }

    /**
     * The student with its head, with weights from libtorch's generator.
     *
     * @throws IllegalArgumentException when no teacher has been read yet, in one line
     */
    public EncoderNetwork student() {
        return backbone.encoder(views.imageSize(), head::on);
    }

    /** Trainable values of the student, head included. */
    public long parameters() {
        try (PointerScope scope = new PointerScope();
                EncoderNetwork encoder = student()) {
            return StateDict.parameterCount(encoder);
        }
    }

    /** What a diagnosis needs to know of a run. */
    public Diagnosis.Task task(long stepsPerEpoch) {
        return distill.loss() == DistillOptions.Loss.SEED
                ? new Diagnosis.Taught(Math.log(distill.K() + 1.0), distill.K() / training.batchSize(), stepsPerEpoch)
                : new Diagnosis.Taught(2, 0, stepsPerEpoch);
    }

    /**
     * Builds one process's part, with initial weights from libtorch's generator: seed it first. Batch norms act on the batches of
     * all processes together.
     *
     * @param taught by; closed with the learner
     */
    public Distillation learner(Teacher taught, Device device, Communicator communicator) {
        Optional<KeyQueue> queue = distill.loss() == DistillOptions.Loss.SEED
                ? Optional.of(queue(new KeyQueue(head.embedding(), distill.K()), device))
                : Optional.empty();
        EncoderNetwork encoder = student();
        encoder.to(device, false);
        StateDict.channelsLast(encoder);
        PathDraws drawn = new PathDraws(training.seed());
        backbone.drop(encoder, drawn);
        return new Distillation(
                encoder,
                taught,
                distill,
                queue,
                rule,
                tuning,
                drawn,
                communicator,
                MixedPrecision.of(training.precision(), device));
    }

    private static KeyQueue queue(KeyQueue drawn, Device device) {
        return device.is_cpu() ? drawn : new KeyQueue(drawn.keys().to(device, ScalarType.Float));
    }
}
