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

/** All that a SwAV run is told by its recipe. */
@API(status = API.Status.INTERNAL)
public record SwavRecipe(
        SwavOptions swav,
        ClusterOptions cluster,
        CropOptions crops,
        LearningRate learningRate,
        Larc.Options larc,
        FineTuning tuning,
        TrainingOptions training,
        RateFit fit)
        implements ClusterRecipe {
    public SwavRecipe {
        tuning.require(ResNet.STAGES);
        training.requireBatchesOfTwo();
        int batch = training.batchSize();
        ClusterOptions.check(
                swav.queueLength() == 0 || swav.queueLength() >= batch,
                "queue-length " + swav.queueLength() + " is below batch-size " + batch
                        + ": make it at least as long, or 0 for no queue");
    }

    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static SwavRecipe bind(Recipe recipe) {
        SwavOptions swav = recipe.bind(SwavOptions.class);
        ClusterOptions cluster = recipe.bind(ClusterOptions.class);
        CropOptions crops = recipe.bind(CropOptions.class);
        LearningRate learningRate = recipe.bind(LearningRate.class);
        Larc.Options larc = recipe.bind(Larc.Options.class);
        FineTuning tuning = recipe.bind(FineTuning.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        RateFit fit = recipe.bind(RateFit.class);
        try {
            return new SwavRecipe(swav, cluster, crops, learningRate, larc, tuning, training, fit);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public SwavRecipe fitTo(int images, Consumer<String> say) {
        training.requireBatchOf(images);
        cluster.requireEnough(images);
        LearningRate fitted = fit.rate(learningRate, training.batchSize(), say);
        return new SwavRecipe(swav, cluster, crops, fitted, larc, tuning, training, RateFit.NONE);
    }

    @Override
    public List<Record> records() {
        return List.of(swav, cluster, crops, learningRate, larc, tuning, training, fit);
    }

    @Override
    public String method() {
        return "swav";
    }

    @Override
    public Diagnosis.Clusters task(long stepsPerEpoch) {
        return new Diagnosis.Clusters(cluster.knowingNothing(), swav.epsilon(), swav.freezePrototypes(), stepsPerEpoch);
    }

    @Override
    public EncoderLearner learner(int images, Device device, Communicator communicator) {
        return Swav.create(this, device, communicator);
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        return ClusterMemory.of(this, images, loader);
    }
}
