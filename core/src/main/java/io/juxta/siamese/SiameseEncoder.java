package io.juxta.siamese;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.SavedNetwork;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/**
 * A trained encoder of one of these methods, read back from a run's {@code encoder.safetensors} or from one of its
 * checkpoints.
 *
 * @param network in evaluation mode, with its projector
 * @param recipe that it was trained by
 */
@API(status = API.Status.INTERNAL)
public record SiameseEncoder(EncoderNetwork network, SiameseRecipe recipe) {
    /** What stands before the encoder's names in a checkpoint. */
    private static final String ENCODER = "encoder.";

    /** @param method of the run that delivered the weights */
    private record Trained(String method) {}

    /**
     * The encoder that weights are of which have been read already.
     *
     * @param file that they are from, for messages
     * @throws IOException when they do not fit, or were not trained by such a run
     */
    public static SiameseEncoder of(WeightsFile weights, Path file, Device device) throws IOException {
        SavedNetwork<EncoderNetwork> saved = SavedNetwork.of(
                weights,
                file,
                device,
                "encoder",
                ENCODER,
                recipe -> recipeOf(recipe).encoder());
        StateDict.channelsLast(saved.network());
        return new SiameseEncoder(saved.network(), recipeOf(saved.recipe()));
    }

    /** The same network as it was before training, with weights from libtorch's generator. */
    public static EncoderNetwork untrained(Recipe recipe) {
        return recipeOf(recipe).encoder();
    }

    private static SiameseRecipe recipeOf(Recipe recipe) {
        return SiameseRecipe.bind(recipe.bind(Trained.class).method(), recipe);
    }
}
