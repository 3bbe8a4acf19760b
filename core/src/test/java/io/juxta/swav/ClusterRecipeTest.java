package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.Architecture;
import io.juxta.eval.neighbours.KnnMonitor;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.image.Augmentation;
import io.juxta.image.PixelStep;
import io.juxta.train.ImageCache;
import io.juxta.train.Larc;
import io.juxta.train.PictureOptions;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import io.juxta.train.run.Checkpointing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What recipes of SwAV and DeepCluster-v2 may say. */
class ClusterRecipeTest {
    private static SwavRecipe swav(String... lines) {
        return SwavRecipe.bind(Recipe.parse(String.join("\n", lines), "r.yaml"));
    }

    private static DeepClusterRecipe deepCluster(String... lines) {
        return DeepClusterRecipe.bind(Recipe.parse(String.join("\n", lines), "r.yaml"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epsilon: 0|epsilon 0.0 must be above 0",
                "sinkhorn-iterations: 0|sinkhorn-iterations 0 must be from 1",
                "queue-length: -1|queue-length -1 must be from 0",
                "queue-length: 255|queue-length 255 is below batch-size 256: make it at least as long, or 0",
                "epoch-queue-starts: -1|epoch-queue-starts -1 must be at least 0",
                "freeze-prototypes: -1|freeze-prototypes -1 must be at least 0",
                "prototypes: []|prototypes [] must be at least one number",
                "prototypes: [1]|prototypes [1] must be at least one number, each from 2",
                "hidden-mlp: -1|hidden-mlp -1 must be from 0",
                "feat-dim: 0|feat-dim 0 must be from 1",
                "T: 0|T 0.0 must be above 0",
                "arch: resnet19|resnet19 is unknown",
                "crops: [2]|must be lists of one length",
                "crops: [0, 6]|crops [0, 6] must be from 1",
                "crop-sizes: [224, 7]|crop-sizes [224, 7] must be from 8",
                "crop-min-scales: [0.14, 0.2]|crop-min-scales [0.14, 0.2] must be above 0 and at most crop-max-scales",
                "crop-min-scales: [0, 0.05]|crop-min-scales [0.0, 0.05] must be above 0",
                "crop-max-scales: [1.1, 0.14]|and those at most 1",
                "crops-for-assign: [0, 8]|crops-for-assign [0, 8] must be different numbers from 0 to 7",
                "crops-for-assign: [-1]|crops-for-assign [-1] must be different numbers from 0 to 7",
                "crops-for-assign: [0, 0]|crops-for-assign [0, 0] must be different numbers",
                "crops-for-assign: []|crops-for-assign [] must be different numbers",
                "batch-size: 1|batch-size 1 must be at least 2",
                "trust-coefficient: 0|trust-coefficient 0.0 must be above 0",
                "lr-for-batch: 0|lr-for-batch 0 must be at least 1",
                "kmeans-iterations: 0|kmeans-iterations 0 must be from 1",
            })
    void refuses(String line, String message) {
        assertThatThrownBy(() -> {
                    swav(line);
                    deepCluster(line);
                })
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void oneCropHasNothingToBePredictedFrom() {
        assertThatThrownBy(() -> swav(
                        "crops: [1]",
                        "crop-sizes: [32]",
                        "crop-min-scales: [0.2]",
                        "crop-max-scales: [1]",
                        "crops-for-assign: [0]"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("crops [1] must be at least 2 in all");
    }

    @Test
    void refusesMorePrototypesThanImages() {
        assertThatThrownBy(() -> swav("batch-size: 32").fitTo(2999, line -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prototypes [3000] are more than the images, 2999: a prototype needs images of its own; set"
                        + " at most 2999");
        assertThatThrownBy(() ->
                        deepCluster("batch-size: 32", "prototypes: [20, 3000]").fitTo(3001, line -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prototypes [20, 3000] are more than the memory bank holds, 2976 images in whole batches of"
                        + " 32: set at most 2976");
        assertThatThrownBy(() -> swav("batch-size: 32").fitTo(31, line -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch-size 32 is above the number of images, 31: set it to at most 31");
    }

    @Test
    void theRateFollowsTheBatchOnce() {
        List<String> said = new ArrayList<>();
        SwavRecipe recipe = swav("lr: 0.6", "final-lr: 0.0006", "lr-for-batch: 256", "batch-size: 64");
        SwavRecipe fitted = recipe.fitTo(5000, said::add);
        assertThat(fitted.learningRate()).isEqualTo(recipe.learningRate().withLr(0.15));
        assertThat(said).containsExactly("lr 0.6 becomes 0.15: it is meant for a batch of 256, not 64 (lr-for-batch)");
        assertThat(swav(Recipe.write(fitted.records()))).isEqualTo(fitted);
        assertThat(fitted.fitTo(5000, said::add)).isEqualTo(fitted);
        assertThat(said).hasSize(1);
    }

    @Test
    void theDefaultsAreThePapersCrops() {
        CropOptions crops = Recipe.defaults(CropOptions.class);
        List<Augmentation> views = crops.views();
        assertThat(views).hasSize(8);
        assertThat(views.stream().map(Augmentation::size)).containsExactly(224, 224, 96, 96, 96, 96, 96, 96);
        assertThat(views.get(1).describe())
                .containsExactly(
                        "RandomResizedCrop[size=224, minScale=0.14, maxScale=1.0, filter=BILINEAR]",
                        "RandomHorizontalFlip[probability=0.5]",
                        "ColorJitter[probability=0.8, brightness=0.8, contrast=0.8, saturation=0.8, hue=0.2]",
                        "RandomGrayscale[probability=0.2]",
                        "GaussianBlur[probability=0.5, minRadius=0.1, maxRadius=2.0]",
                        "Normalization[mean=[0.485, 0.456, 0.406], std=[0.228, 0.224, 0.225]]");
        assertThat(((PixelStep.RandomResizedCrop) views.get(7).steps().get(0)).maxScale())
                .isEqualTo(0.14);
    }

    /** SwAV's programs divide red by 0.228 in training and in every evaluation, not by ImageNet's 0.229. */
    @ParameterizedTest
    @MethodSource("forImageNet")
    void imageNetIsEvaluatedWithSwavsDeviation(Path file) {
        CropOptions crops = Recipe.read(file).bind(CropOptions.class);
        for (Augmentation view : List.of(crops.evaluation(), crops.linearTrain())) {
            assertThat(view.normalization().std()).containsExactly(0.228f, 0.224f, 0.225f);
            assertThat(view.normalization().mean()).containsExactly(0.485f, 0.456f, 0.406f);
        }
    }

    static List<Path> forImageNet() throws IOException {
        List<Path> files = shipped().stream()
                .filter(file -> file.getParent().endsWith("imagenet"))
                .toList();
        assertThat(files).hasSizeGreaterThan(10);
        return files;
    }

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("..", "recipes"))) {
            return files.filter(file -> file.getFileName().toString().matches("(.*swav|deepcluster).*\\.yaml"))
                    .sorted()
                    .toList();
        }
    }

    /** A recipe that leaves a key to its default changes its meaning when the default does. */
    @ParameterizedTest
    @MethodSource("shipped")
    void aShippedRecipeBindsAndSaysEverything(Path file) throws IOException {
        Recipe recipe = Recipe.read(file);
        record Method(@Default("") String method) {}
        if (recipe.bind(Method.class).method().equals("swav")) {
            SwavRecipe.bind(recipe);
        } else {
            DeepClusterRecipe.bind(recipe);
        }
        recipe.bind(KnnMonitor.Options.class);
        recipe.bind(KnnOptions.class);
        recipe.bind(ImageCache.class);
        recipe.bind(PictureOptions.class);
        recipe.bind(Checkpointing.Options.class);
        List<String> more = List.of("report-every");
        assertThat(keys(Files.readString(file)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(keys(recipe.resolved()).stream(), more.stream())
                        .toList());
    }

    private static List<String> keys(String yaml) {
        return yaml.lines()
                .filter(line -> line.contains(": ") && !line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf(": ")))
                .toList();
    }

    @Test
    void theLongestRecipeForImageNetIsTheOriginals() {
        SwavRecipe recipe = SwavRecipe.bind(Recipe.read(Path.of("..", "recipes", "imagenet", "swav-800.yaml")));
        assertThat(recipe.swav()).isEqualTo(new SwavOptions(0.05, 3, 0, 15, 313));
        assertThat(recipe.cluster())
                .isEqualTo(
                        new ClusterOptions("resnet50", Architecture.Stem.IMAGENET, 64, 2048, 128, List.of(3000), 0.1));
        assertThat(recipe.crops()).isEqualTo(Recipe.defaults(CropOptions.class));
        assertThat(recipe.larc()).isEqualTo(new Larc.Options(Larc.Rule.LARC, 0.9, 1e-6, 0.001));
        assertThat(recipe.training().epochs()).isEqualTo(800);
        assertThat(recipe.training().batchSize()).isEqualTo(4096);
        assertThat(recipe.learningRate().at(0, 0, 312, 800)).isEqualTo(0.3);
        assertThat(recipe.learningRate().at(10, 0, 312, 800)).isEqualTo(4.8);
    }
}
