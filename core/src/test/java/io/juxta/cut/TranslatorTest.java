package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.cut.networks.Generator;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.image.Image;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class TranslatorTest {
    @TempDir
    Path folder;

    private Path weights(String more) throws IOException {
        Recipe recipe = Recipe.parse("method: cut\nnce-layers: [0]\n" + more, "test");
        CutRecipe cut = CutRecipe.bind(recipe);
        Path file = folder.resolve("generator.safetensors");
        Torch.seed(1);
        try (PointerScope scope = new PointerScope()) {
            Generator G = cut.networks().generator(cut.views().cropSize());
            Safetensors.write(file, StateDict.of(G), Map.of("recipe", Recipe.write(cut.records())));
        }
        return file;
    }

    private static Image image(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(width).nextBytes(rgb);
        return new Image(width, height, rgb);
    }

    private static TrainedGenerator read(Path weights) throws IOException {
        return TrainedGenerator.of(WeightsFile.read(weights), weights, Devices.parse("cpu"));
    }

    private static byte[] translated(Path weights, Image image, long memory) throws IOException {
        try (ImageTranslator translator = ImageTranslator.of(read(weights), Devices.parse("cpu"), memory)) {
            Image translation = translator.translate(image);
            assertThat(translation.width()).isEqualTo(image.width());
            assertThat(translation.height()).isEqualTo(image.height());
            // the same image once more, behind another
            translator.translate(image(8, 8));
            assertThat(translator.translate(image).rgb()).isEqualTo(translation.rgb());
            return translation.rgb();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resnet-6blocks, 3, 3, 33, 62",
        "resnet-6blocks, 1, 3, 40, 41",
        "resnet-9blocks, 3, 1, 9, 47",
        "stylegan2, 3, 3, 21, 90",
        "smallstylegan2, 1, 1, 16, 51"
    })
    void sizesStayAndStripsAreTheWhole(String netG, int in, int out, int width, int height) throws IOException {
        Path weights = weights("netG: " + netG + "\nngf: 2\ninit-gain: 1\ncrop-size: 64\nload-size: 64\ninput-nc: " + in
                + "\noutput-nc: " + out + "\n");
        Image image = image(width, height);
        byte[] whole = translated(weights, image, ImageTranslator.MEMORY);
        byte[] strips = translated(weights, image, 1);
        int most = 0;
        for (int i = 0; i < whole.length; i++) {
            most = Math.max(most, Math.abs((whole[i] & 255) - (strips[i] & 255)));
            // grey is one value thrice
            assertThat(out == 3 || whole[i] == whole[i - i % 3]).isTrue();
        }
        assertThat(most).isLessThanOrEqualTo(1);
        assertThat(whole).isNotEqualTo(image.rgb());
    }

    /** The mean within two levels of 255, no pixel further off than a tenth of the range; in strips too. */
    @ParameterizedTest
    @CsvSource({"resnet-6blocks, 8, 1073741824", "resnet-6blocks, 8, 1", "stylegan2, 2, 1073741824", "stylegan2, 2, 1"})
    void bfloat16IsNear(String netG, int ngf, long memory) throws IOException {
        Path weights = weights("netG: " + netG + "\nngf: " + ngf + "\ncrop-size: 64\nload-size: 64\n");
        Image image = image(60, 47);
        byte[] whole = translated(weights, image, memory);
        Device cpu = Devices.parse("cpu");
        try (ImageTranslator translator = ImageTranslator.of(read(weights), cpu, memory, Precision.BFLOAT16)) {
            byte[] held = translator.translate(image).rgb();
            long sum = 0;
            int most = 0;
            for (int i = 0; i < whole.length; i++) {
                int difference = Math.abs((whole[i] & 255) - (held[i] & 255));
                sum += difference;
                most = Math.max(most, difference);
            }
            assertThat((double) sum / whole.length).isBetween(1e-3, 2.0);
            assertThat(most).isLessThanOrEqualTo(26);
        }
        assertThatThrownBy(() -> ImageTranslator.of(read(weights), cpu, memory, Precision.FLOAT16))
                .hasMessageStartingWith("precision float16 needs a GPU");
    }

    @Test
    void refusesInOneLine() throws IOException {
        Path weights = weights("ngf: 1\n");
        assertThatThrownBy(() -> translated(weights, image(7, 40), 1))
                .hasMessage("an image of 7 x 40 pixels is too small to translate: both sides must be at least 8");
        Path encoder = folder.resolve("encoder.safetensors");
        Safetensors.write(encoder, Map.of(), Map.of("recipe", "method: swav\n"));
        assertThatThrownBy(() -> read(encoder))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        encoder + ": was trained by swav, which does not translate: give the generator.safetensors of"
                                + " a run of translate train");
        Path other = folder.resolve("other.safetensors");
        Safetensors.write(other, Safetensors.read(weights).tensors(), Map.of("recipe", "ngf: 2\n"));
        assertThatThrownBy(() -> read(other))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(other + ": weights do not fit the model: model.1.weight is (1, 3, 7, 7)");
    }
}
