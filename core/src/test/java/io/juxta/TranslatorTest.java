package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.exchange.KnownWeights;
import io.juxta.image.Awt;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.torch.Devices;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.PyTorchWriter;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The translator for programs against the room's own. */
@Tag("slow")
class TranslatorTest {
    @TempDir
    Path folder;

    private Path weights() throws IOException {
        return TinyGeneratorFile.write(folder.resolve("generator.safetensors"));
    }

    /** A run's folder, its weights, and what the original program saves of a generator give the same images. */
    @Test
    void everyFormOfAGeneratorIsTaken() throws Exception {
        byte[] rgb = new byte[3 * 30 * 21];
        new Random(2).nextBytes(rgb);
        BufferedImage image = Awt.buffered(new Image(30, 21, rgb));
        Path file = nineBlocks();
        Path original = folder.resolve("latest_net_G.pth");
        try (PointerScope scope = new PointerScope()) {
            PyTorchWriter.write(original, WeightsFile.read(file).tensors());
        }
        byte[] expected = translated(file, image);
        assertThat(translated(folder, image)).isEqualTo(expected);
        assertThat(translated(original, image)).isEqualTo(expected);
    }

    /** A generator that begins as the original's do, in a file whose recipe says what the original's options say. */
    private Path nineBlocks() throws IOException {
        CutRecipe cut = CutRecipe.bind(Recipe.parse("method: cut\nngf: 2\nndf: 2\ninit-gain: 1\n", "tiny"));
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            Path file = folder.resolve("generator.safetensors");
            Safetensors.write(
                    file,
                    StateDict.of(cut.networks().generator(cut.views().cropSize())),
                    Map.of("recipe", "method: cut\n" + Recipe.write(cut.records())));
            return file;
        }
    }

    private static byte[] translated(Path weights, BufferedImage image) throws IOException {
        try (Translator translator = Translator.load(weights)) {
            return Awt.image(translator.translate(image)).rgb();
        }
    }

    @Test
    void whatIsNoGeneratorIsNamed() throws Exception {
        Path text = Files.writeString(folder.resolve("latest_net_G.pth"), "<!DOCTYPE html><html>404</html>");
        assertThatThrownBy(() -> Translator.load(text))
                .hasMessageStartingWith(text + ": is a web page (HTML)")
                .hasMessageNotContaining("\n");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> Translator.load(empty)).hasMessageContaining("holds neither encoder.safetensors nor");
        try (PointerScope scope = new PointerScope()) {
            Path other = folder.resolve("other.pth");
            PyTorchWriter.write(other, Map.of("weight", torch.ones(2)));
            assertThatThrownBy(() -> Translator.load(other))
                    .hasMessageContaining(
                            "is nothing that is known here (its names begin with weight), not a generator: give"
                                    + " a run's folder");
        }
    }

    @Test
    void anImageMayComeInEveryShapeAndFromEveryThread() throws Exception {
        byte[] rgb = new byte[3 * 30 * 21];
        new Random(2).nextBytes(rgb);
        Image image = new Image(30, 21, rgb);
        Path file = Files.write(folder.resolve("a.png"), Png.encode(image));
        byte[] expected;
        try (io.juxta.cut.ImageTranslator own = io.juxta.cut.ImageTranslator.of(
                KnownWeights.generator(weights(), Devices.parse("cpu")),
                Devices.parse("cpu"),
                io.juxta.cut.ImageTranslator.MEMORY)) {
            expected = own.translate(image).rgb();
        }
        assertThat(expected).isNotEqualTo(rgb);
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (Translator translator = Translator.load(weights())) {
            List<Future<BufferedImage>> translated = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                translated.add(callers.submit(() -> translator.translate(file)));
                translated.add(callers.submit(() -> translator.translate(Files.readAllBytes(file))));
                translated.add(callers.submit(() -> translator.translate(Awt.buffered(image))));
            }
            for (Future<BufferedImage> each : translated) {
                assertThat(each.get().getWidth()).isEqualTo(30);
                assertThat(Awt.image(each.get()).rgb()).isEqualTo(expected);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void refusesInOneLine() throws IOException {
        Translator translator = Translator.load(weights());
        assertThatThrownBy(() -> translator.translate(new BufferedImage(7, 9, BufferedImage.TYPE_INT_RGB)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7 x 9 pixels is too small to translate");
        assertThatThrownBy(() -> translator.translate(new byte[] {1}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("image: ");
        assertThatThrownBy(() -> Translator.load(folder.resolve("none"))).hasMessageContaining("none");
        translator.close();
        translator.close();
        assertThatThrownBy(() -> translator.translate(new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the translator is closed");
    }
}
