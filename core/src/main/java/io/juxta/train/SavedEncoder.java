package io.juxta.train;

import io.juxta.backbone.Encoder;
import io.juxta.torch.StateDict;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained encoder, read back from a run's {@code encoder.safetensors} or from one of its checkpoints.
 *
 * @param network in evaluation mode
 * @param recipe that it was trained by
 */
public record SavedEncoder(Encoder network, Recipe recipe) {
    /**
     * Reads the weights and the recipe that lies in the same file.
     *
     * @param prefix of the encoder's names in a checkpoint
     * @param build makes the network that a recipe describes
     * @throws IOException when it cannot be read or does not fit, in one line that names the file
     */
    public static SavedEncoder read(Path file, Device device, String prefix, Function<Recipe, Encoder> build)
            throws IOException {
        Safetensors.Loaded loaded = Safetensors.read(file);
        String text = loaded.metadata().get("recipe");
        if (text == null) {
            throw new IOException(
                    file + " does not say what network it is for: give a run's encoder.safetensors, or one"
                            + " of its checkpoints");
        }
        Recipe recipe = Recipe.parse(text, file.toString());
        Encoder network = build.apply(recipe);
        try {
            StateDict.load(network, encoder(loaded.tensors(), prefix));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        network.to(device, false);
        StateDict.channelsLast(network);
        network.eval();
        return new SavedEncoder(network, recipe);
    }

    private static Map<String, Tensor> encoder(Map<String, Tensor> tensors, String prefix) {
        if (tensors.keySet().stream().noneMatch(name -> name.startsWith(prefix))) {
            return tensors;
        }
        Map<String, Tensor> encoder = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                encoder.put(name.substring(prefix.length()), tensor);
            }
        });
        return encoder;
    }
}
