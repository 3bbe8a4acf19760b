package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.LoaderOptions;
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
            default -> new SiameseMethod(SiameseRecipe.bind(name, recipe));
        };
    }

    /** As recipes spell it. */
    String name();

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
     */
    EncoderLearner learner(int images, Device device, Communicator communicator);

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
