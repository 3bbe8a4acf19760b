package io.juxta.dino;

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
 * A trained teacher, read back from a run's {@code encoder.safetensors} or from one of its checkpoints.
 *
 * @param network in evaluation mode, with its projector and last layer
 * @param recipe that it was trained by
 */
@API(status = API.Status.INTERNAL)
public record DinoEncoder(EncoderNetwork network, DinoRecipe recipe) {
    /** What stands before the teacher's names in a checkpoint. */
    private static final String ENCODER = "encoder.";

    /**
     * The encoder that weights are of which have been read already.
     *
     * @param file that they are from, for messages
     * @throws IOException when they do not fit, or were not trained by such a run
     */
    public static DinoEncoder of(WeightsFile weights, Path file, Device device) throws IOException {
        SavedNetwork<EncoderNetwork> saved = SavedNetwork.of(
                weights,
                file,
                device,
                "encoder",
                ENCODER,
                recipe -> DinoRecipe.bind(recipe).encoder());
        StateDict.channelsLast(saved.network());
        return new DinoEncoder(saved.network(), DinoRecipe.bind(saved.recipe()));
    }

    /** The same network as it was before training, with weights from libtorch's generator. */
    public static EncoderNetwork untrained(Recipe recipe) {
        return DinoRecipe.bind(recipe).encoder();
    }
}
