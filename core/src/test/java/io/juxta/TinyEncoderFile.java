package io.juxta;

import io.juxta.backbone.EncoderNetwork;
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

/** The weights of an untrained encoder small enough for a test, as a run delivers them. */
public final class TinyEncoderFile {
    private static final String RECIPE = """
            method: moco
            arch: resnet18
            stem: cifar
            width: 8
            head: mlp
            dim: 16
            bn-groups: 1
            image-size: 16
            normalization: cifar10
            """;

    private TinyEncoderFile() {}

    /** 64 features, embeddings of 16, images of 16 px. */
    public static Path write(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(7);
            EncoderNetwork encoder =
                    Moco.encoder(MocoRecipe.bind(Recipe.parse(RECIPE, "tiny")).moco());
            Safetensors.write(file, StateDict.of(encoder), Map.of("recipe", RECIPE));
        }
        return file;
    }
}
