package io.juxta.moco;

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
 * A trained query encoder, read back from a run's {@code encoder.safetensors} or from one of its checkpoints.
 *
 * @param network in evaluation mode
 * @param recipe that it was trained by
 */
public record MocoEncoder(Encoder network, MocoRecipe recipe) {
    /** What stands before the query encoder's names in a checkpoint. */
    private static final String QUERY = "encoder_q.";

    /**
     * Reads the weights and the recipe that lies in the same file.
     *
     * @throws IOException when it cannot be read or was not written by a MoCo run
     */
    public static MocoEncoder read(Path file, Device device) throws IOException {
        Safetensors.Loaded loaded = Safetensors.read(file);
        String text = loaded.metadata().get("recipe");
        if (text == null) {
            throw new IOException(
                    file
                            + " does not say what network it is for: give a run's encoder.safetensors, or one of its checkpoints");
        }
        MocoRecipe recipe = MocoRecipe.bind(Recipe.parse(text, file.toString()));
        Encoder network = Moco.encoder(recipe.moco());
        try {
            StateDict.load(network, query(loaded.tensors()));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        network.to(device, false);
        StateDict.channelsLast(network);
        network.eval();
        return new MocoEncoder(network, recipe);
    }

    private static Map<String, Tensor> query(Map<String, Tensor> tensors) {
        if (tensors.keySet().stream().noneMatch(name -> name.startsWith(QUERY))) {
            return tensors;
        }
        Map<String, Tensor> query = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(QUERY)) {
                query.put(name.substring(QUERY.length()), tensor);
            }
        });
        return query;
    }
}
