package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.LoaderOptions;
import io.juxta.dino.DinoRecipe;
import io.juxta.distill.DistillRecipe;
import io.juxta.distributed.Communicator;
import io.juxta.image.Augmentation;
import io.juxta.siamese.SiameseRecipe;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.swav.SwavRecipe;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.Schedule;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/** What a recipe's method brings to a run. */
@API(status = API.Status.INTERNAL)
public interface Method {
    record Name(
            @Means("what is trained, moco or another: juxta methods lists them") @Default("moco")
            String method) {
        private static final List<String> KNOWN = known();

        private static List<String> known() {
            List<String> known = new ArrayList<>(List.of("moco", "swav", "deepcluster"));
            known.addAll(SiameseRecipe.METHODS.keySet());
            known.add(DinoRecipe.METHOD);
            known.add(DistillRecipe.METHOD);
            return List.copyOf(known);
        }

        public Name {
            if (method.equals("cut")) {
                throw new IllegalArgumentException(
                        "method cut translates images: give this recipe to juxta translate train");
            }
            if (!KNOWN.contains(method)) {
                throw new IllegalArgumentException(
                        "method " + method + " is unknown: use one of " + String.join(", ", KNOWN));
            }
        }
    }

    /** Binds the records of the method that a recipe names. */
    static Method of(Recipe recipe) {
        String name = recipe.bind(Name.class).method();
        return switch (name) {
            case "swav" -> new ClusterMethod(SwavRecipe.bind(recipe));
            case "deepcluster" -> new ClusterMethod(DeepClusterRecipe.bind(recipe));
            case "moco" -> MocoMethod.of(recipe);
            case DistillRecipe.METHOD -> new DistillMethod(DistillRecipe.bind(recipe));
            case DinoRecipe.METHOD -> new DinoMethod(DinoRecipe.bind(recipe));
            default -> new SiameseMethod(SiameseRecipe.bind(name, recipe));
        };
    }

    /** As recipes spell it. */
    String name();

    /**
     * This method taught by an encoder that was trained before.
     *
     * @param weights the teacher's, of a run or of whatever {@code juxta import} knows
     * @throws IOException when they cannot be read, or are no encoder's, in one line
     * @throws IllegalArgumentException when nobody teaches in this method, or not with these weights, in one line
     */
    default Method taughtBy(Path weights) throws IOException {
        throw new IllegalArgumentException("--teacher is for method distill, and this recipe's is " + name()
                + ": take cifar10/distill-cpu or folder/distill, or leave it out");
    }

    /**
     * This method with all that stands in files which its recipe names; the same where it names none.
     *
     * @param run the run's folder
     * @throws IOException when they cannot be read, in one line
     * @throws IllegalArgumentException when one is missing in the recipe, or does not fit it, in one line
     */
    default Method completed(Path run) throws IOException {
        return this;
    }

    /**
     * This method for a data set of a certain size.
     *
     * @param say gets a line for each value that changed
     * @throws IllegalArgumentException when the recipe does not fit that many images
     */
    Method fitTo(int images, Consumer<String> say);

    /** The records, for the text of the run's recipe; that of the name is not among them. */
    List<Record> records();

    TrainingOptions training();

    Schedule learningRate();

    /** What of a backbone that was trained before may still change. */
    FineTuning tuning();

    /** The encoder that the run delivers, head included, with any weights. */
    EncoderNetwork encoder();

    /** The backbone's name. */
    String arch();

    /** How each view of an image is made. */
    List<Augmentation> views();

    /** How an image is prepared for evaluation. */
    Augmentation evaluation();

    /**
     * @param images in the data set
     * @param communicator with the other processes of the run
     * @throws IllegalArgumentException when they cannot share this recipe's batches
     * @throws IOException when a file that the recipe names cannot be read, in one line
     */
    EncoderLearner learner(int images, Device device, Communicator communicator) throws IOException;

    /**
     * What comes before the first step of a new run: by each of its processes, when their learners are alike.
     *
     * @param stored the run's images, as they are stored
     * @throws IOException when images cannot be read
     */
    default void prepare(EncoderLearner learner, Dataset stored, Device device, Communicator communicator)
            throws IOException {}

    /** What there is to say of the method when a run begins or goes on; a line each. */
    default List<String> remarks() {
        return List.of();
    }

    /** Parameters of the encoder that the run delivers. */
    long parameters();

    /** Whose parameters those are, as the end of a sentence. */
    default String whose() {
        return "in the encoder";
    }

    /** Bytes resident at the peak of a step on a CPU. */
    long memory(int images, LoaderOptions loader);

    /** What a diagnosis needs to know. */
    Diagnosis.Task task(long stepsPerEpoch);
}
