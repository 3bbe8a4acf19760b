package io.juxta.distill;

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
 * A trained student, read back from a run's {@code encoder.safetensors} or from one of its checkpoints; its teacher is not needed.
 *
 * @param network in evaluation mode, with its head
 * @param recipe that it was trained by
 */
@API(status = API.Status.INTERNAL)
public record DistilledEncoder(EncoderNetwork network, DistillRecipe recipe) {
    /** What stands before the student's names in a checkpoint. */
    private static final String STUDENT = "encoder.";

    /**
     * The encoder that weights are of which have been read already.
     *
     * @param file that they are from, for messages
     * @throws IOException when they do not fit, or were not trained by such a run
     */
    public static DistilledEncoder of(WeightsFile weights, Path file, Device device) throws IOException {
        SavedNetwork<EncoderNetwork> saved =
                SavedNetwork.of(weights, file, device, "encoder", STUDENT, DistilledEncoder::untrained);
        StateDict.channelsLast(saved.network());
        return new DistilledEncoder(saved.network(), DistillRecipe.bind(saved.recipe()));
    }

    /** The same network as it was before training, with weights from libtorch's generator. */
    public static EncoderNetwork untrained(Recipe recipe) {
        return DistillRecipe.bind(recipe).student();
    }
}
