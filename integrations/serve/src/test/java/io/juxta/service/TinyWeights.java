package io.juxta.service;

import io.juxta.cut.recipe.CutRecipe;
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
import org.bytedeco.pytorch.Module;

/** Untrained networks small enough for a test, as runs deliver them. */
final class TinyWeights {
    private TinyWeights() {}

    static Path encoder(Path file) throws IOException {
        String recipe = "method: moco\narch: resnet18\nstem: cifar\nwidth: 8\ndim: 16\nbn-groups: 1\nimage-size: 32\n"
                + "normalization: cifar10\n";
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(7);
            return write(
                    file,
                    Moco.encoder(MocoRecipe.bind(Recipe.parse(recipe, "tiny")).moco()),
                    recipe);
        }
    }

    static Path generator(Path file) throws IOException {
        CutRecipe cut = CutRecipe.bind(
                Recipe.parse("method: cut\nnce-layers: [0]\nngf: 2\nndf: 2\nnet-g: resnet_4blocks\n", "tiny"));
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            return write(file, cut.networks().generator(cut.views().cropSize()), Recipe.write(cut.records()));
        }
    }

    private static Path write(Path file, Module network, String recipe) throws IOException {
        Safetensors.write(file, StateDict.of(network), Map.of("recipe", recipe));
        return file;
    }
}
