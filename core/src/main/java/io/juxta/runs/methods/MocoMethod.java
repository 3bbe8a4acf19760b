package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.image.Augmentation;
import io.juxta.moco.MemoryEstimate;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.torch.StateDict;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/** MoCo as a run takes it. */
record MocoMethod(MocoRecipe recipe) implements Method {
    static MocoMethod of(Recipe recipe) {
        return new MocoMethod(MocoRecipe.bind(recipe));
    }

    @Override
    public String name() {
        return "moco";
    }

    @Override
    public MocoMethod fitTo(int images, Consumer<String> say) {
        return new MocoMethod(recipe.fitTo(images, say));
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
        return Moco.encoder(recipe.moco());
    }

    @Override
    public String arch() {
        return recipe.moco().arch();
    }

    @Override
    public List<Augmentation> views() {
        return List.of(recipe.views().view(), recipe.views().view());
    }

    @Override
    public Augmentation evaluation() {
        return recipe.views().evaluation();
    }

    @Override
    public EncoderLearner learner(int images, Device device, Communicator communicator) {
        return Moco.create(
                recipe.moco(),
                recipe.sgd(),
                recipe.tuning(),
                device,
                training().seed(),
                training().precision(),
                communicator);
    }

    @Override
    public long parameters() {
        return StateDict.parameterCount(Moco.encoder(recipe.moco()));
    }

    @Override
    public String whose() {
        return "in each of the two encoders";
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        return MemoryEstimate.of(recipe, loader, parameters());
    }

    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return recipe.moco().task(training().batchSize(), stepsPerEpoch);
    }
}
