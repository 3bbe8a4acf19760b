package io.juxta.swav;

import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import java.util.List;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/** What the recipes of the two methods have in common. */
@API(status = API.Status.INTERNAL)
public sealed interface ClusterRecipe permits SwavRecipe, DeepClusterRecipe {
    /** The method as recipes spell it. */
    String method();

    ClusterOptions cluster();

    CropOptions crops();

    LearningRate learningRate();

    FineTuning tuning();

    TrainingOptions training();

    /**
     * This recipe for a data set of a certain size.
     *
     * @param images in the data set
     * @param say gets a line for each value that changed
     * @throws IllegalArgumentException when the images do not fill one batch, or are fewer than the prototypes
     */
    ClusterRecipe fitTo(int images, Consumer<String> say);

    /** The records, for the text of the run's recipe. */
    List<Record> records();

    /** What a diagnosis needs to know of a run. */
    Diagnosis.Clusters task(long stepsPerEpoch);

    /**
     * @param images in the data set
     * @param communicator with the other processes of the run
     * @throws IllegalArgumentException when they cannot share this recipe's batches
     */
    EncoderLearner learner(int images, Device device, Communicator communicator);

    /**
     * Bytes resident at the peak of a step on a CPU.
     *
     * @param images in the data set
     */
    long memory(int images, LoaderOptions loader);
}
