package io.juxta.dino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.backbone.PathDrop;
import io.juxta.backbone.VisionTransformer;
import io.juxta.distributed.Communicator;
import io.juxta.torch.TensorLists;
import io.juxta.train.Step;
import io.juxta.train.embedding.PathDraws;
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
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DINO's learner and recipe. */
class DinoTest {
    private static DinoRecipe bind(String... overrides) {
        return DinoRecipe.bind(Recipe.parse("seed: 1\n", "r.yaml").with(List.of(overrides)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            crops=[1] crop-sizes=[32] crop-min-scales=[0.4] crop-max-scales=[1] | crops [1] must be at least 2 in all: one is predicted from the other
            crops=[2, 8] | crops [2, 8], crop-sizes [224, 224, 96],
            augmentations=[cifar] | augmentations [cifar] must be as many as the kinds of crops [1, 1, 8]: 3
            crops-for-teacher=11 | crops-for-teacher 11 must be from 1 to 10, as many as there are crops (2 is the paper's)
            teacher-T=0 | teacher-T 0.0 must be above 0 and at most 100 (0.04 is the paper's)
            teacher-T-start=0 | teacher-T-start 0.0 must be above 0
            m=1.01 | m 1.01 must be from 0 to 1
            centre-momentum=1 | centre-momentum 1.0 must be at least 0 and below 1 (0.9 is the paper's)
            K=1 | K 1 must be from 2 to 1048576 (65536 is the paper's)
            projector=[0] | projector [0] must be at least one width, each from 2 to 65536
            batch-size=1 | batch-size 1 must be at least 2
            arch=vit_small crop-sizes=[224, 224, 100] | r.yaml: crop-sizes 100 cannot be cut into patches of 16 px (patch-size): take a multiple of that, such as 96 or 112
            arch=vit_small freeze-stages=1 | freeze-stages 1 is beyond the network, which has 0 stages
            arch=vit_smal | arch vit_smal is unknown: use one of resnet101
            drop-path=1 | drop-path 1.0 must be from 0 to below 1 (0.1 is DINO's)
            clip-grad=-1 | clip-grad -1.0 must be from 0 (none) to 1000 (3 is the paper's)
            final-weight-decay=1 | final-weight-decay 1.0 must be at least 0 and below 1
            """)
    void whatCannotBeIsOneLine(String overrides, String line) {
        assertThatThrownBy(() -> bind(overrides.split(" (?=[A-Za-z-]+=)")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(line)
                .hasMessageNotContaining("\n");
    }

    private record Named(@Default("moco") String method) {}

    @Test
    void recipesOfTheLibraryFit() {
        List<String> said = new ArrayList<>();
        int found = 0;
        for (String name : Recipes.names()) {
            if (Recipes.named(name).bind(Named.class).method().equals("dino")) {
                found++;
                DinoRecipe fitted = DinoRecipe.bind(Recipes.named(name)).fitTo(1_281_167, said::add);
                assertThat(fitted.fitTo(1_281_167, line -> {
                            throw new AssertionError(line);
                        }))
                        .isEqualTo(fitted);
            }
        }
        assertThat(found).isEqualTo(5);
        assertThat(said)
                .containsExactly("lr 5.0E-4 becomes 1.25E-4: it is meant for a batch of 256, not 64 (lr-for-batch)");
    }

    private static Dino dropping(PathDraws drawn) {
        DinoOptions options = TinyDino.options(false);
        DinoNetwork student = TinyDino.network(options, ScalarType.Float);
        ((VisionTransformer) student.encoder()).dropPaths(new PathDrop(0.5, 2, drawn));
        return TinyDino.dino(options, 3, ScalarType.Float, drawn, student, Communicator.single());
    }

    private static double loss(Dino dino, int i) {
        return Objects.requireNonNull(TinyDino.step(
                        dino,
                        i,
                        3,
                        TinyDino.step(0, i, 4, 0.001, 3, Communicator.single()),
                        ScalarType.Float,
                        Communicator.single())
                .get("loss"));
    }

    /** Which branches are left out is a function of the step: a run that goes on draws what it would have drawn. */
    @Test
    void aRunThatGoesOnLeavesOutTheSameBranches() {
        try (PointerScope scope = new PointerScope();
                Dino whole = dropping(new PathDraws(3));
                Dino other = dropping(new PathDraws(4));
                Dino resumed = dropping(new PathDraws(3))) {
            double first = loss(whole, 0);
            loss(whole, 1);
            assertThat(loss(other, 0)).isNotEqualTo(first);
            Map<String, Tensor> state = whole.state();
            TensorLists.copy(List.copyOf(resumed.state().values()), List.copyOf(state.values()));
            resumed.restored(state);
            for (int i = 2; i < 4; i++) {
                assertThat(loss(resumed, i)).isEqualTo(loss(whole, i));
            }
        }
    }

    @Test
    void figuresTellHowTheTeacherAnswers() {
        try (PointerScope scope = new PointerScope();
                Dino dino = TinyDino.dino(3, ScalarType.Float)) {
            Map<String, Double> figures =
                    TinyDino.step(dino, 0, 3, new Step(0, 4, 0.001), ScalarType.Float, Communicator.single());
            assertThat(figures)
                    .containsOnlyKeys(
                            "loss",
                            "target_entropy",
                            "target_usage",
                            "target_divergence",
                            "centre",
                            "grad_norm",
                            "momentum",
                            "weight_decay");
            double entropy = Objects.requireNonNull(figures.get("target_entropy"));
            assertThat(entropy).isBetween(0.0, 1.0);
            assertThat(Objects.requireNonNull(figures.get("target_usage"))).isBetween(entropy - 1e-6, 1.0);
            assertThat(Objects.requireNonNull(figures.get("target_divergence")) + entropy * Math.log(7))
                    .isCloseTo(Objects.requireNonNull(figures.get("loss")), within(1e-5));
            assertThat(figures.get("momentum")).isCloseTo(0.9, within(1e-12));
            assertThat(figures.get("weight_decay")).isCloseTo(0.04, within(1e-12));
        }
    }
}
