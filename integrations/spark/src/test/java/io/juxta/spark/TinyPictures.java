package io.juxta.spark;

import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;

/** Drawn pictures in a folder, some of which are none, and an untrained encoder small enough for a test. */
final class TinyPictures {
    private static final String RECIPE = "method: moco\narch: resnet18\nstem: cifar\nwidth: 8\ndim: 16\nbn-groups: 1\n"
            + "image-size: 32\nnormalization: cifar10\n";

    private TinyPictures() {}

    static Path encoder(Path file, long seed) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(seed);
            MocoRecipe moco = MocoRecipe.bind(Recipe.parse(RECIPE, "tiny"));
            Safetensors.write(file, StateDict.of(Moco.encoder(moco.moco())), Map.of("recipe", RECIPE));
        }
        return file;
    }

    /** Noise over a colour, of a size of its own. */
    static byte[] picture(int number) {
        Random random = new Random(number);
        int width = 20 + random.nextInt(30);
        int height = 20 + random.nextInt(30);
        byte[] rgb = new byte[3 * width * height];
        random.nextBytes(rgb);
        int[] colour = {random.nextInt(200), random.nextInt(200), random.nextInt(200)};
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (colour[i % 3] + (rgb[i] & 0x1f));
        }
        return Png.encode(new Image(width, height, rgb));
    }

    /** Three of them are none: of 0 bytes, cut off, and text. */
    static Path folder(Path folder, int readable) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < readable; i++) {
            Files.write(folder.resolve("picture-" + (100 + i) + ".png"), picture(i));
        }
        Files.write(folder.resolve("empty.png"), new byte[0]);
        byte[] whole = picture(0);
        Files.write(folder.resolve("cut-off.png"), Arrays.copyOf(whole, whole.length / 2));
        Files.write(folder.resolve("text.png"), "no picture".getBytes(StandardCharsets.US_ASCII));
        return folder;
    }
}
