package io.juxta.swav;

import io.juxta.backbone.ResNet;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.Larc;
import io.juxta.train.LearningRate;
import io.juxta.train.TrainingOptions;
import io.juxta.train.embedding.RateFit;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/** All that a DeepCluster-v2 run is told by its recipe. */
@API(status = API.Status.INTERNAL)
public record DeepClusterRecipe(
        DeepClusterOptions deepCluster,
        ClusterOptions cluster,
        CropOptions crops,
        LearningRate learningRate,
        Larc.Options larc,
        FineTuning tuning,
        TrainingOptions training,
        RateFit fit)
        implements ClusterRecipe {
    public DeepClusterRecipe {
        tuning.require(ResNet.STAGES);
        training.requireBatchesOfTwo();
    }

    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static DeepClusterRecipe bind(Recipe recipe) {
        DeepClusterOptions deepCluster = recipe.bind(DeepClusterOptions.class);
        ClusterOptions cluster = recipe.bind(ClusterOptions.class);
        CropOptions crops = recipe.bind(CropOptions.class);
        LearningRate learningRate = recipe.bind(LearningRate.class);
        Larc.Options larc = recipe.bind(Larc.Options.class);
        FineTuning tuning = recipe.bind(FineTuning.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        RateFit fit = recipe.bind(RateFit.class);
        try {
            return new DeepClusterRecipe(deepCluster, cluster, crops, learningRate, larc, tuning, training, fit);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public DeepClusterRecipe fitTo(int images, Consumer<String> say) {
        int batch = training.batchSize();
        training.requireBatchOf(images);
        cluster.requireEnough(images);
        int remembered = images / batch * batch;
        ClusterOptions.check(
                cluster.largest() <= remembered,
                "prototypes " + cluster.prototypes() + " are more than the memory bank holds, " + remembered
                        + " images in whole batches of " + batch + ": set at most " + remembered);
        LearningRate fitted = fit.rate(learningRate, batch, say);
        return new DeepClusterRecipe(deepCluster, cluster, crops, fitted, larc, tuning, training, RateFit.NONE);
    }

    @Override
    public List<Record> records() {
        return List.of(deepCluster, cluster, crops, learningRate, larc, tuning, training, fit);
    }

    @Override
    public String method() {
        return "deepcluster";
    }

    @Override
    public Diagnosis.Clusters task(long stepsPerEpoch) {
        return new Diagnosis.Clusters(cluster.knowingNothing(), 0, 0, stepsPerEpoch);
    }

    @Override
    public EncoderLearner learner(int images, Device device, Communicator communicator) {
        return DeepCluster.create(this, images, device, communicator);
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        return ClusterMemory.of(this, images, loader);
    }
}
