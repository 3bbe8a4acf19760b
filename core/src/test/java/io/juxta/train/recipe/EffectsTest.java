package io.juxta.train.recipe;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.moco.MocoRecipe;
import io.juxta.swav.SwavRecipe;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is set for a run changes something in it, or is refused. */
class EffectsTest {
    private static void bind(String method, List<String> overrides) {
        Recipe recipe = Recipe.parse(method.equals("cut") ? "layout: auto\n" : "seed: 1\n", "r.yaml")
                .with(overrides);
        switch (method) {
            case "cut" -> CutRecipe.bind(recipe);
            case "swav" -> SwavRecipe.bind(recipe);
            default -> MocoRecipe.bind(recipe);
        }
        recipe.checkAllKnown();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            moco | milestones=[3] | --set milestones=[3]: milestones has no effect with lr-schedule cosine: leave it out, or set lr-schedule=step too
            moco | warmup-start=0.01 | --set warmup-start=0.01: warmup-start has no effect with warmup-epochs 0: leave it out, or set warmup-epochs to another value
            moco | lr-schedule=step final-lr=0.01 | --set final-lr=0.01: final-lr has no effect with lr-schedule step: leave it out, or set lr-schedule=cosine too
            swav | epoch-queue-starts=3 | --set epoch-queue-starts=3: epoch-queue-starts has no effect with queue-length 0: leave it out, or set queue-length to another value
            cut | items=120 | --set items=120: items has no effect with layout auto: leave it out, or set layout=single-image too
            cut | n-layers-D=2 | --set n-layers-D=2: n-layers-D has no effect with netD basic: leave it out, or set netD=n-layers too
            cut | lambda-nce=0 nce-T=0.1 | --set nce-T=0.1: nce-T has no effect with lambda-nce 0.0: leave it out, or set lambda-nce to another value
            cut | lambda-gradient-penalty=1 | --set lambda-gradient-penalty=1: lambda-gradient-penalty has no effect with gan-mode lsgan: leave it out, or set gan-mode=wgangp too
            """)
    void whatIsSetInVainIsRefused(String method, String overrides, String line) {
        assertThatThrownBy(() -> bind(method, List.of(overrides.split(" "))))
                .isInstanceOf(RecipeException.class)
                .hasMessage(line);
    }

    @ParameterizedTest
    @CsvSource({
        "moco, lr-schedule=step milestones=[3]",
        "moco, warmup-epochs=2 warmup-start=0.01",
        "swav, queue-length=256 epoch-queue-starts=3",
        "cut, layout=single-image items=120",
        "cut, netD=n-layers n-layers-D=2",
        "cut, half-a=right",
        "cut, gan-mode=wgangp lambda-gradient-penalty=1",
    })
    void whatHasAnEffectIsTaken(String method, String overrides) {
        assertThatCode(() -> bind(method, List.of(overrides.split(" ")))).doesNotThrowAnyException();
    }

    /** A recipe says every key, whatever the others are. */
    @Test
    void aRecipeItselfMayHoldThem() {
        Recipe recipe = Recipe.parse("lr-schedule: cosine\nmilestones: [120, 160]\n", "r.yaml");
        MocoRecipe.bind(recipe);
        assertThatCode(recipe::checkAllKnown).doesNotThrowAnyException();
    }
}
