package io.juxta.moco;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.StateDict;
import io.juxta.train.run.SavedNetwork;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/**
 * A trained query encoder, read back from a run's {@code encoder.safetensors} or from one of its checkpoints.
 *
 * @param network in evaluation mode; its batch norms take the whole batch for one group if it is trained on, since the
 *     groups are there for the keys
 * @param recipe that it was trained by
 */
@API(status = API.Status.INTERNAL)
public record MocoEncoder(EncoderNetwork network, MocoRecipe recipe) {
    /** What stands before the query encoder's names in a checkpoint. */
    private static final String QUERY = "encoder_q.";

    /**
     * The encoder that weights are of which have been read already.
     *
     * @param file that they are from, for messages
     * @throws IOException when they do not fit, or were not trained by such a run
     */
    public static MocoEncoder of(WeightsFile weights, Path file, Device device) throws IOException {
        SavedNetwork<EncoderNetwork> saved = SavedNetwork.of(
                weights,
                file,
                device,
                "encoder",
                QUERY,
                recipe -> Moco.encoder(MocoRecipe.bind(recipe).moco().withBnGroups(1)));
        StateDict.channelsLast(saved.network());
        return new MocoEncoder(saved.network(), MocoRecipe.bind(saved.recipe()));
    }
}
