package io.juxta;

import io.juxta.detect.DetectionRecipe;
import io.juxta.detect.FasterRcnn;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/** The weights of an untrained detector small enough for a test, as a run delivers them. */
public final class TinyDetectorFile {
    /** Of the recipe that {@link #write} takes. */
    public static final String RECIPE = """
            method: faster-rcnn
            arch: resnet18
            width: 8
            smallest-anchor: 8
            proposals-sampled: 16
            candidates: 200
            proposals: 50
            test-candidates: 100
            test-proposals: 20
            short-sides: [48]
            test-short-side: 48
            longest-side: 96
            classes: [apple, banana]
            """;

    private TinyDetectorFile() {}

    /** Two classes of about the same likelihood everywhere; pictures of 48 px. */
    public static Path write(Path file) throws IOException {
        return write(file, RECIPE);
    }

    /** The same by another recipe. */
    public static Path write(Path file, String recipe) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(7);
            FasterRcnn network =
                    DetectionRecipe.bind(Recipe.parse(recipe, "tiny")).network();
            Safetensors.write(file, StateDict.of(network), Map.of("recipe", recipe));
        }
        return file;
    }
}
