package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.image.Augmentation;
import io.juxta.swav.ClusterRecipe;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/** SwAV and DeepCluster-v2 as a run takes them. */
record ClusterMethod(ClusterRecipe recipe) implements Method {
    @Override
    public String name() {
        return recipe.method();
    }

    @Override
    public ClusterMethod fitTo(int images, Consumer<String> say) {
        return new ClusterMethod(recipe.fitTo(images, say));
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
        return recipe.cluster().encoder();
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
    public EncoderLearner learner(int images, Device device, Communicator communicator) {
        return recipe.learner(images, device, communicator);
    }

    @Override
    public long parameters() {
        return recipe.cluster().parameters();
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        return recipe.memory(images, loader);
    }

    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return recipe.task(stepsPerEpoch);
    }
}
