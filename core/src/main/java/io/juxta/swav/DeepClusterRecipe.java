package io.juxta.swav;

import io.juxta.train.Larc;
import io.juxta.train.LearningRate;
import io.juxta.train.Recipe;
import io.juxta.train.TrainingOptions;
import java.util.List;
import java.util.function.Consumer;

/** All that a DeepCluster-v2 run is told by its recipe. */
public record DeepClusterRecipe(
        DeepClusterOptions deepCluster,
        ClusterOptions cluster,
        CropOptions crops,
        LearningRate learningRate,
        Larc.Options larc,
        TrainingOptions training,
        ClusterFit fit) {
    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static DeepClusterRecipe bind(Recipe recipe) {
        DeepClusterOptions deepCluster = recipe.bind(DeepClusterOptions.class);
        ClusterOptions cluster = recipe.bind(ClusterOptions.class);
        CropOptions crops = recipe.bind(CropOptions.class);
        LearningRate learningRate = recipe.bind(LearningRate.class);
        Larc.Options larc = recipe.bind(Larc.Options.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        ClusterFit fit = recipe.bind(ClusterFit.class);
        return new DeepClusterRecipe(deepCluster, cluster, crops, learningRate, larc, training, fit);
    }

    /**
     * This recipe for a data set of a certain size.
     *
     * @param images in the data set
     * @param say gets a line for each value that changed
     * @throws IllegalArgumentException when the images do not fill one batch, or are fewer than the prototypes
     */
    public DeepClusterRecipe fitTo(int images, Consumer<String> say) {
        int batch = training.batchSize();
        ClusterFit.requireEnough(images, batch, cluster);
        int remembered = images / batch * batch;
        ClusterOptions.check(
                cluster.largest() <= remembered,
                "prototypes " + cluster.prototypes() + " are more than the memory bank holds, " + remembered
                        + " images in whole batches of " + batch + ": set at most " + remembered);
        LearningRate fitted = fit.rate(learningRate, training.batchSize(), say);
        return new DeepClusterRecipe(deepCluster, cluster, crops, fitted, larc, training, ClusterFit.NONE);
    }

    /** The records, for the text of the run's recipe. */
    public List<Record> records() {
        return List.of(deepCluster, cluster, crops, learningRate, larc, training, fit);
    }
}
