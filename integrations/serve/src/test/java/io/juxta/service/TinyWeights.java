package io.juxta.service;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.detect.DetectionRecipe;
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

    /** Of two classes: it finds a picture full of bananas, and with a low least score of apples as well. */
    static Path detector(Path file) throws IOException {
        String recipe = "method: faster-rcnn\narch: resnet18\nwidth: 8\nsmallest-anchor: 8\nproposals-sampled: 16\n"
                + "candidates: 200\nproposals: 50\ntest-candidates: 100\ntest-proposals: 20\nshort-sides: [48]\n"
                + "test-short-side: 48\nlongest-side: 96\nclasses: [apple, banana]\n";
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(7);
            return write(
                    file, DetectionRecipe.bind(Recipe.parse(recipe, "tiny")).network(), recipe);
        }
    }

    private static Path write(Path file, Module network, String recipe) throws IOException {
        Safetensors.write(file, StateDict.of(network), Map.of("recipe", recipe));
        return file;
    }
}
