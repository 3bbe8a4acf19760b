package io.juxta.dino;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.MixedPrecision;
import io.juxta.train.TrainingOptions;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.embedding.RateFit;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;

/** All that a run of DINO is told by its recipe. */
@API(status = API.Status.INTERNAL)
public record DinoRecipe(
        DinoOptions dino,
        BackboneOptions backbone,
        TeacherCrops crops,
        LearningRate rate,
        StudentUpdates.Options updates,
        FineTuning tuning,
        TrainingOptions training,
        RateFit fit) {
    /** As recipes spell it. */
    public static final String METHOD = "dino";

    public DinoRecipe {
        tuning.require(backbone.stages());
        training.requireBatchesOfTwo();
        backbone.requireSides("crop-sizes", crops.cropSizes());
    }

    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static DinoRecipe bind(Recipe recipe) {
        DinoOptions dino = recipe.bind(DinoOptions.class);
        BackboneOptions backbone = recipe.bind(BackboneOptions.class);
        TeacherCrops crops = recipe.bind(TeacherCrops.class);
        LearningRate rate = recipe.bind(LearningRate.class);
        StudentUpdates.Options updates = recipe.bind(StudentUpdates.Options.class);
        FineTuning tuning = recipe.bind(FineTuning.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        RateFit fit = recipe.bind(RateFit.class);
        try {
            return new DinoRecipe(dino, backbone, crops, rate, updates, tuning, training, fit);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * This recipe for a data set of a certain size.
     *
     * @param say gets a line for each value that changed
     * @throws IllegalArgumentException when the images do not fill one batch
     */
    public DinoRecipe fitTo(int images, Consumer<String> say) {
        training.requireBatchOf(images);
        LearningRate fitted = fit.rate(rate, training.batchSize(), say);
        return new DinoRecipe(dino, backbone, crops, fitted, updates, tuning, training, RateFit.NONE);
    }

    /** The records, for the text of the run's recipe. */
    public List<Record> records() {
        return List.of(dino, backbone, crops, rate, updates, tuning, training, fit);
    }

    /** The encoder with its projector and last layer, with weights from libtorch's generator. */
    public EncoderNetwork encoder() {
        return network().encoder();
    }

    private DinoNetwork network() {
        return DinoNetwork.of(
                backbone.encoder(crops.cropSizes().get(0), dino.projector(), dino.form()), dino.lastLayer());
    }

    private DinoNetwork network(Device device) {
        DinoNetwork network = network();
        network.encoder().to(device, false);
        StateDict.channelsLast(network.encoder());
        return network;
    }

    /** Values of the encoder, projector and last layer included. */
    public long parameters() {
        try (PointerScope scope = new PointerScope();
                EncoderNetwork encoder = encoder()) {
            return StateDict.parameterCount(encoder);
        }
    }

    /** What a diagnosis needs to know of a run: ln K is what an answer costs that is all alike. */
    public Diagnosis.Task task(long stepsPerEpoch) {
        return new Diagnosis.SelfTaught(
                Math.log(dino.K()),
                (long) Math.max(rate.warmupEpochs(), dino.freezeLastLayer()) * stepsPerEpoch,
                stepsPerEpoch);
    }

    /**
     * Builds one process's part, with initial weights from libtorch's generator: seed it first. Batch norms act on the batches of all
     * processes together, the centre is the whole batch's.
     */
    public Dino learner(Device device, Communicator communicator) {
        DinoNetwork student = network(device);
        PathDraws drawn = new PathDraws(training.seed());
        backbone.drop(student.encoder(), drawn);
        return new Dino(
                dino,
                student,
                network(device),
                crops.taught(),
                updates,
                tuning,
                drawn,
                communicator,
                MixedPrecision.of(training.precision(), device));
    }
}
