package io.juxta.train.run;

import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained network, read back from what a run delivers, such as {@code encoder.safetensors}, or from one of its
 * checkpoints.
 *
 * @param network in evaluation mode
 * @param recipe that it was trained by
 */
@API(status = API.Status.INTERNAL)
public record SavedNetwork<M extends Module>(M network, Recipe recipe) {
    /**
     * The network that weights are of which have been read already, with the recipe among their metadata.
     *
     * @param file that they are from, for messages
     * @param product what the network is called: {@code encoder}
     * @param prefix of its names in a checkpoint
     * @param build makes the network that a recipe describes
     * @throws IOException when they do not fit, in one line that names the file
     */
    public static <M extends Module> SavedNetwork<M> of(
            WeightsFile weights, Path file, Device device, String product, String prefix, Function<Recipe, M> build)
            throws IOException {
        String text = weights.metadata().get("recipe");
        if (text == null) {
            throw new IOException(file + " does not say what network it is for: give a run's " + product
                    + ".safetensors, or one" + " of its checkpoints");
        }
        Recipe recipe = Recipe.parse(text, file.toString());
        M network = build.apply(recipe);
        try {
            StateDict.load(network, own(weights.tensors(), prefix));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        requireNumbers(network, file);
        network.to(device, false);
        network.eval();
        return new SavedNetwork<>(network, recipe);
    }

    /** Every judgement of a network with a NaN is about as good as chance, and looks like one. */
    private static void requireNumbers(Module network, Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            for (Map.Entry<String, Tensor> named : StateDict.of(network).entrySet()) {
                if (!named.getValue().isfinite().all().item_bool()) {
                    throw new IOException(file + ": " + named.getKey()
                            + " holds values that are no finite numbers, nothing can be done with it: give another file,"
                            + " or an earlier checkpoint");
                }
            }
        }
    }

    private static Map<String, Tensor> own(Map<String, Tensor> tensors, String prefix) {
        if (tensors.keySet().stream().noneMatch(name -> name.startsWith(prefix))) {
            return tensors;
        }
        Map<String, Tensor> own = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), tensor);
            }
        });
        return own;
    }
}
