package io.juxta.swav;

import io.juxta.backbone.Encoder;
import io.juxta.train.SavedEncoder;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Device;

/**
 * A trained encoder with its prototypes, of SwAV or DeepCluster-v2, read back from a run's {@code encoder.safetensors} or
 * from one of its checkpoints.
 *
 * @param network in evaluation mode
 * @param crops that it was trained on
 */
public record ClusterEncoder(Encoder network, CropOptions crops) {
    /** What stands before the encoder's names in a checkpoint. */
    private static final String ENCODER = "encoder.";

    /**
     * Reads the weights and the recipe that lies in the same file.
     *
     * @throws IOException when it cannot be read or was not written by a run of either method
     */
    public static ClusterEncoder read(Path file, Device device) throws IOException {
        SavedEncoder saved = SavedEncoder.read(
                file,
                device,
                ENCODER,
                recipe -> recipe.bind(ClusterOptions.class).network().encoder());
        return new ClusterEncoder(saved.network(), saved.recipe().bind(CropOptions.class));
    }
}
