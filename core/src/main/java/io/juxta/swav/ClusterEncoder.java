package io.juxta.swav;

import io.juxta.backbone.Encoder;
import io.juxta.torch.StateDict;
import io.juxta.train.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

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
        Safetensors.Loaded loaded = Safetensors.read(file);
        String text = loaded.metadata().get("recipe");
        if (text == null) {
            throw new IOException(
                    file
                            + " does not say what network it is for: give a run's encoder.safetensors, or one of its checkpoints");
        }
        Recipe recipe = Recipe.parse(text, file.toString());
        Encoder network = recipe.bind(ClusterOptions.class).network().encoder();
        try {
            StateDict.load(network, encoder(loaded.tensors()));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        network.to(device, false);
        StateDict.channelsLast(network);
        network.eval();
        return new ClusterEncoder(network, recipe.bind(CropOptions.class));
    }

    private static Map<String, Tensor> encoder(Map<String, Tensor> tensors) {
        if (tensors.keySet().stream().noneMatch(name -> name.startsWith(ENCODER))) {
            return tensors;
        }
        Map<String, Tensor> encoder = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(ENCODER)) {
                encoder.put(name.substring(ENCODER.length()), tensor);
            }
        });
        return encoder;
    }
}
