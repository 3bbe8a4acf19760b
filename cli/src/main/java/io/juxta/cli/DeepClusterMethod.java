package io.juxta.cli;

import io.juxta.data.LoaderOptions;
import io.juxta.image.Augmentation;
import io.juxta.swav.ClusterMemory;
import io.juxta.swav.DeepCluster;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.train.Diagnosis;
import io.juxta.train.Learner;
import io.juxta.train.LearningRate;
import io.juxta.train.Recipe;
import io.juxta.train.TrainingOptions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/** DeepCluster-v2 for the command. */
record DeepClusterMethod(DeepClusterRecipe recipe) implements Method {
    static DeepClusterMethod of(Recipe recipe) {
        return new DeepClusterMethod(DeepClusterRecipe.bind(recipe));
    }

    @Override
    public String name() {
        return "deepcluster";
    }

    @Override
    public DeepClusterMethod fitTo(int images, Consumer<String> say) {
        return new DeepClusterMethod(recipe.fitTo(images, say));
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
    public String arch() {
        return recipe.cluster().arch();
    }

    @Override
    public List<Augmentation> views() {
        return recipe.crops().views();
    }

    @Override
    public Augmentation evaluation() {
        return recipe.crops().evaluation();
    }

    @Override
    public Learner learner(int images, Device device) {
        return DeepCluster.create(recipe, images, device);
    }

    @Override
    public long parameters() {
        return recipe.cluster().parameters();
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        return ClusterMemory.of(recipe, images, loader);
    }

    /** The verdicts are MoCo's so far. */
    @Override
    public Optional<Diagnosis.Task> task(long stepsPerEpoch) {
        return Optional.empty();
    }
}
