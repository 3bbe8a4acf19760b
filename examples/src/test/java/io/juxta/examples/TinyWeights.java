package io.juxta.examples;

import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/** An untrained encoder small enough for a test, as runs deliver them. */
final class TinyWeights {
    private TinyWeights() {}

    static Path encoder(Path file) throws IOException {
        String recipe = "method: moco\narch: resnet18\nstem: cifar\nwidth: 8\ndim: 16\nbn-groups: 1\nimage-size: 32\n"
                + "normalization: cifar10\n";
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(7);
            Safetensors.write(
                    file,
                    StateDict.of(Moco.encoder(
                            MocoRecipe.bind(Recipe.parse(recipe, "tiny")).moco())),
                    Map.of("recipe", recipe));
        }
        return file;
    }
}
