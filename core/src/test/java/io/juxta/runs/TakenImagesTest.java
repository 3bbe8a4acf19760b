package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.data.ImageFolder;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Augmentation;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.Png;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder is judged on pictures that were taken from their files as those were that it was trained on. */
class TakenImagesTest {
    private static final int SIDE = 500;

    @TempDir
    static Path folder;

    @BeforeAll
    static void draw() throws IOException {
        byte[] file = Png.encode(new DrawnShapes(1, 1, SIDE).image(0));
        Files.write(Files.createDirectory(folder.resolve("a")).resolve("0.png"), file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"moco", "swav", "deepcluster", "simclr", "barlow-twins", "vicreg", "simsiam", "byol", "moco-v3"})
    void asItsRunTookThem(String method) throws IOException {
        Dataset stored = ImageFolder.open(folder);
        Recipe recipe = Recipe.parse("method: " + method + "\ndecode: scaled\n", method)
                .with(List.of(method.matches("swav|deepcluster") ? "crop-sizes=[32, 16]" : "image-size=32"));
        Image trained = Pretraining.by(recipe).taken(stored).image(0);
        assertThat(trained.width()).isLessThan(SIDE);
        try (ResNet network =
                new ResNet(new ResNet.Options(Architecture.named("resnet18"), Architecture.Stem.CIFAR, 8, 1))) {
            // what of a recipe's views cannot be asked of the encoder is its evaluation
            Augmentation evaluation = Augmentation.plain(32, Normalization.IMAGENET);
            TrainedEncoder encoder = new TrainedEncoder(network, evaluation, evaluation, recipe);
            Image judged = encoder.taken(stored).image(0);
            assertThat(judged.width() + " x " + judged.height()).isEqualTo(trained.width() + " x " + trained.height());
            assertThat(judged.rgb()).isEqualTo(trained.rgb());
        }
    }
}
