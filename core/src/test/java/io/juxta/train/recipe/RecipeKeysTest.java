package io.juxta.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.train.recipe.SampleRecipe.Loop;
import io.juxta.train.recipe.SampleRecipe.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Overrides, unknown keys and missing ones. */
class RecipeKeysTest {
    record Required(String arch) {}

    @Test
    void overridesHoldOverTheFileAndTheLaterOverTheEarlier() {
        Recipe base = SampleRecipe.of("batch-size: 64", "cap: 3", "note: old");
        Loop loop = base.with(List.of("batch-size=1", " batch-size = 128", "cap=", "note=a=b", "milestones=[3, 4]"))
                .bind(Loop.class);
        assertThat(loop.batchSize()).isEqualTo(128);
        assertThat(loop.cap()).isEmpty();
        assertThat(loop.note()).isEqualTo("a=b");
        assertThat(loop.milestones()).containsExactly(3, 4);
        assertThat(base.with(List.of("cap=null")).bind(Loop.class).cap()).isEmpty();
        assertThat(base.bind(Loop.class).batchSize()).isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch-size|--set batch-size: expected key=value",
                "=3|--set =3: expected key=value",
                "batch-size=x|--set batch-size=x: batch-size: expected a whole number",
                "batch-size=|--set batch-size=: batch-size: expected a whole number",
                "note={a: 1}|--set note={a: 1}: nested values",
                "note=[1|--set note=[1: not YAML",
                "batchsize=3|--set batchsize=3: unknown key 'batchsize'; did you mean 'batch-size'?",
                "batch_size=3|--set batch_size=3: unknown key 'batch_size'; did you mean 'batch-size'?",
            })
    void refusesABadOverride(String override, String message) {
        assertThatThrownBy(() -> {
                    Recipe recipe = SampleRecipe.of("batch-size: 64").with(List.of(override));
                    recipe.bind(Loop.class);
                    recipe.checkAllKnown();
                })
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void knowsTheKeysOfEveryBoundRecord() {
        Recipe recipe = SampleRecipe.of("K: 8", "batch-size: 4");
        recipe.bind(Method.class);
        assertThatThrownBy(recipe::checkAllKnown).hasMessageContaining("unknown key 'batch-size'");
        recipe.bind(Loop.class);
        recipe.checkAllKnown();
    }

    @Test
    void suggestsTheNearestKeyOrListsThemAll() {
        assertThatThrownBy(() -> check("dim: 1", "lerning-rate: 1"))
                .hasMessage("r.yaml line 2: unknown key 'lerning-rate'; did you mean 'learning-rate'?");
        assertThatThrownBy(() -> check("k: 1")).hasMessageEndingWith("unknown key 'k'; did you mean 'K'?");
        assertThatThrownBy(() -> check("zzzzzzzz: 1", "yyy: 2"))
                .hasMessageStartingWith("r.yaml line 1: unknown key 'zzzzzzzz'; the keys are K, T, batch-size, cap,")
                .hasMessageEndingWith("(1 more: yyy)");
    }

    private static void check(String... lines) {
        Recipe recipe = SampleRecipe.of(lines);
        recipe.bind(Method.class);
        recipe.bind(Loop.class);
        recipe.checkAllKnown();
    }

    @Test
    void theRecordsOwnRefusalNamesThePlace() {
        assertThatThrownBy(() -> SampleRecipe.of("dim: 2", "K: 0").bind(Method.class))
                .isInstanceOf(RecipeException.class)
                .hasMessage("r.yaml line 2: K must be at least 1, not 0");
        assertThatThrownBy(() -> SampleRecipe.of("K: 4").with(List.of("K=0")).bind(Method.class))
                .hasMessage("--set K=0: K must be at least 1, not 0");
    }

    @Test
    void aKeyWithoutDefaultMustBeGiven() {
        assertThatThrownBy(() -> SampleRecipe.of("").bind(Required.class))
                .hasMessage("r.yaml: arch: missing; expected text (it has no default)");
        assertThat(SampleRecipe.of("arch: resnet50").bind(Required.class).arch())
                .isEqualTo("resnet50");
    }
}
