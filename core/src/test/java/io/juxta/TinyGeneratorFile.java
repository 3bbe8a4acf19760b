package io.juxta;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/** The weights of an untrained generator small enough for a test, as a run delivers them. */
public final class TinyGeneratorFile {
    private static final String RECIPE = """
            method: cut
            nce-layers: [0]
            ngf: 2
            ndf: 2
            net-g: resnet_4blocks
            """;

    private TinyGeneratorFile() {}

    /** Four blocks of two channels. */
    public static Path write(Path file) throws IOException {
        CutRecipe cut = CutRecipe.bind(Recipe.parse(RECIPE, "tiny"));
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            Safetensors.write(
                    file,
                    StateDict.of(cut.networks().generator(cut.views().cropSize())),
                    Map.of("recipe", Recipe.write(cut.records())));
        }
        return file;
    }
}
