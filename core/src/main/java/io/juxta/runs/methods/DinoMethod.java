package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.LoaderOptions;
import io.juxta.dino.DinoMemory;
import io.juxta.dino.DinoRecipe;
import io.juxta.distributed.Communicator;
import io.juxta.image.Augmentation;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/** DINO as a run takes it. */
record DinoMethod(DinoRecipe recipe) implements Method {
    @Override
    public String name() {
        return DinoRecipe.METHOD;
    }

    @Override
    public DinoMethod fitTo(int images, Consumer<String> say) {
        return new DinoMethod(recipe.fitTo(images, say));
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
        return recipe.rate();
    }

    @Override
    public FineTuning tuning() {
        return recipe.tuning();
    }

    @Override
    public EncoderNetwork encoder() {
        return recipe.encoder();
    }

    @Override
    public String arch() {
        return recipe.backbone().arch();
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
        return recipe.learner(device, communicator);
    }

    @Override
    public long parameters() {
        return recipe.parameters();
    }

    @Override
    public String whose() {
        return "in each of student and teacher";
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        return DinoMemory.of(recipe, loader);
    }

    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return recipe.task(stepsPerEpoch);
    }
}
