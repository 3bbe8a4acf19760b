package io.juxta.siamese;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.image.Augmentation;
import io.juxta.image.PixelStep;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import io.juxta.train.recipe.Recipes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a recipe may say, and what comes of it. */
class SiameseRecipeTest {
    private static SiameseRecipe bind(String method, String... overrides) {
        Recipe recipe = Recipe.parse("seed: 1\n", "r.yaml").with(List.of(overrides));
        SiameseRecipe bound = SiameseRecipe.bind(method, recipe);
        recipe.bind(Named.class);
        recipe.checkAllKnown();
        return bound;
    }

    private record Named(@Default("moco") String method) {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            simclr | batch-size=1 | batch-size 1 must be at least 2: a batch norm of one image knows nothing
            simclr | projector=[0] | projector [0] must be at least one width, each from 2 to 65536
            simclr | projector=[] | projector [] must be at least one width, each from 2 to 65536
            simclr | T=0 | T 0.0 must be above 0 and at most 100 (0.1 is the paper's)
            simclr | augmentations=[simclr] | augmentations [simclr] must be two, one for each view; name one twice where they are alike
            simclr | vector-lr=0 | vector-lr 0.0 must be above 0 and at most 1000 (1 is the same rate for all)
            simclr | optimizer=sgd vector-lr=2 | vector-lr has no effect with optimizer sgd: leave it out, or set optimizer=lars too
            simclr | final-lr=2 | final-lr 2.0 must be from 0 to lr, 0.3
            moco-v3 | T=0 | T 0.0 must be above 0 and at most 100 (1 is the paper's)
            byol | m=1.5 | m 1.5 must be from 0 to 1 (0.99 for 100 epochs, 0.996 for 1000)
            byol | predictor=[8, 16] | predictor [8, 16] must end with the projector's last width, 256, as it is compared with that
            barlow-twins | lambda=0 | lambda 0.0 must be above 0 and at most 100 (0.0051 is the paper's)
            barlow-twins | batch-size=4 | batch-size 4 must be at least 8: correlations of fewer images say nothing (2048 is the paper's)
            vicreg | batch-size=2 | batch-size 2 must be at least 8: covariances of fewer images say nothing (2048 is the paper's)
            vicreg | cov-coeff=-1 | cov-coeff -1.0 must be from 0 to 10000 (1 is the paper's)
            simsiam | m=0.9 | unknown key 'm'
            """)
    void whatCannotBeIsOneLine(String method, String overrides, String line) {
        assertThatThrownBy(() -> bind(method, overrides.split(" (?=[a-z-]+=)")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(line)
                .hasMessageNotContaining("\n");
    }

    @Test
    void theLineOfKnowingNothingIsTheMethods() {
        assertThat(bind("simclr", "batch-size=32").task(10).knowingNothing()).isCloseTo(Math.log(63), within(1e-12));
        assertThat(bind("moco-v3", "batch-size=32", "T=0.2").task(10).knowingNothing())
                .isCloseTo(0.8 * Math.log(32), within(1e-12));
        assertThat(bind("barlow-twins", "projector=[16, 8]").task(10).knowingNothing())
                .isEqualTo(8);
        assertThat(bind("vicreg").task(10).knowingNothing()).isCloseTo(24.75, within(1e-12));
        assertThat(bind("byol").task(10).knowingNothing()).isEqualTo(4);
        assertThat(bind("simsiam").task(10).knowingNothing()).isZero();
        assertThat(bind("simsiam").task(10).attainable()).isEqualTo(-1);
        assertThat(bind("simclr", "warmup-epochs=3").task(10).stepsToBegin()).isEqualTo(30);
    }

    @Test
    void viewsThatDifferDiffer() {
        List<Augmentation> views = bind("byol", "augmentations=[byol-1, byol-2]", "image-size=32")
                .shared()
                .views()
                .views();
        assertThat(views.get(0).steps()).contains(new PixelStep.GaussianBlur(1, 0.1, 2));
        assertThat(views.get(0).steps()).noneMatch(step -> step instanceof PixelStep.RandomSolarize);
        assertThat(views.get(1).steps())
                .contains(new PixelStep.GaussianBlur(0.1, 0.1, 2), new PixelStep.RandomSolarize(0.2, 128));
        List<PixelStep> last = bind("moco-v3", "augmentations=[moco-v3-1, moco-v3-2]")
                .shared()
                .views()
                .views()
                .get(1)
                .steps();
        assertThat(last.get(last.size() - 1)).isEqualTo(new PixelStep.RandomHorizontalFlip(0.5));
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 8"})
    void blocksMayBeginAsOnesThatPassOnTheirInput(boolean zeroed, double sum) {
        try (PointerScope scope = new PointerScope()) {
            EncoderNetwork encoder = bind(
                            "byol",
                            "arch=resnet18",
                            "stem=cifar",
                            "width=8",
                            "zero-init=" + zeroed,
                            "projector=[6, 256]")
                    .encoder();
            Map<String, Tensor> state = StateDict.of(encoder);
            assertThat(Objects.requireNonNull(state.get("layer1.0.bn2.weight"))
                            .sum()
                            .item_double())
                    .isEqualTo(sum);
            assertThat(Objects.requireNonNull(state.get("layer1.0.bn1.weight"))
                            .sum()
                            .item_double())
                    .isEqualTo(8);
            assertThat(state).containsKeys("projector.0.bias", "projector.1.weight", "projector.3.weight");
            assertThat(state).doesNotContainKey("projector.3.bias");
        }
    }

    /** Each recipe that comes along says every key of its method, and fits any number of images above its batch. */
    @Test
    void recipesOfTheLibraryFit() {
        List<String> said = new ArrayList<>();
        int found = 0;
        for (String name : Recipes.names()) {
            String method = Recipes.named(name).bind(Named.class).method();
            if (SiameseRecipe.METHODS.containsKey(method)) {
                found++;
                SiameseRecipe recipe = SiameseRecipe.bind(method, Recipes.named(name));
                SiameseRecipe fitted = recipe.fitTo(1_281_167, said::add);
                assertThat(fitted.fitTo(1_281_167, line -> {
                            throw new AssertionError(line);
                        }))
                        .isEqualTo(fitted);
            }
        }
        assertThat(found).isEqualTo(17);
        assertThat(said).contains("lr 0.2 becomes 1.6: it is meant for a batch of 256, not 2048 (lr-for-batch)");
        assertThatThrownBy(() -> bind("simclr").fitTo(100, said::add))
                .hasMessage("batch-size 256 is above the number of images, 100: set it to at most 100");
    }
}
