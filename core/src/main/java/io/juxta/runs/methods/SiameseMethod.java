package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.LoaderOptions;
import io.juxta.distributed.Communicator;
import io.juxta.image.Augmentation;
import io.juxta.siamese.SiameseMemory;
import io.juxta.siamese.SiameseRecipe;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.Schedule;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/** SimCLR, Barlow Twins, VICReg, SimSiam, BYOL and MoCo v3 as a run takes them. */
record SiameseMethod(SiameseRecipe recipe) implements Method {
    @Override
    public String name() {
        return recipe.method();
    }

    @Override
    public SiameseMethod fitTo(int images, Consumer<String> say) {
        return new SiameseMethod(recipe.fitTo(images, say));
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
    public Schedule learningRate() {
        return recipe.shared().rate();
    }

    @Override
    public FineTuning tuning() {
        return recipe.shared().tuning();
    }

    @Override
    public EncoderNetwork encoder() {
        return recipe.encoder();
    }

    @Override
    public String arch() {
        return recipe.shared().backbone().arch();
    }

    @Override
    public List<Augmentation> views() {
        return recipe.shared().views().views();
    }

    @Override
    public Augmentation evaluation() {
        return recipe.shared().views().evaluation();
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
        return recipe.hasTarget() ? "in each of the two encoders" : "in the encoder";
    }

    @Override
    public long memory(int images, LoaderOptions loader) {
        return SiameseMemory.of(recipe, loader);
    }

    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return recipe.task(stepsPerEpoch);
    }
}
