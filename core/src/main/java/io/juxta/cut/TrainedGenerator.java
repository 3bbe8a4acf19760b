package io.juxta.cut;

import io.juxta.cut.networks.Generator;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.cut.recipe.NetworkOptions;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import io.juxta.train.run.SavedNetwork;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained generator, read back.
 *
 * @param network in evaluation mode
 * @param networks what it was built from
 */
@API(status = API.Status.INTERNAL)
public record TrainedGenerator(Generator network, NetworkOptions networks) {
    private static final String METHOD = "cut";

    /** @param method of the run that delivered the weights */
    private record Trained(@Default(METHOD) String method) {}

    /**
     * The generator that weights are of which have been read already, with the recipe among their metadata.
     *
     * @param file that they are from, for messages
     * @throws IOException when they are no generator's, in one line that names the file
     */
    public static TrainedGenerator of(WeightsFile weights, Path file, Device device) throws IOException {
        try {
            SavedNetwork<Generator> saved =
                    SavedNetwork.of(weights, file, device, "generator", "G.", TrainedGenerator::generator);
            return new TrainedGenerator(
                    saved.network(), CutRecipe.bind(saved.recipe()).networks());
        } catch (RecipeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Its tensors by the original's names. */
    public Map<String, Tensor> state() {
        return StateDict.of(network);
    }

    private static Generator generator(Recipe recipe) {
        String method = recipe.bind(Trained.class).method();
        if (!method.equals(METHOD)) {
            throw new RecipeException(recipe.name() + ": was trained by " + method
                    + ", which does not translate: give the generator.safetensors of a run of translate train");
        }
        CutRecipe cut = CutRecipe.bind(recipe);
        return cut.networks().shapes(cut.views().cropSize());
    }
}
