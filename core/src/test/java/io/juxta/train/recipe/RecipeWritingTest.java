package io.juxta.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.train.recipe.SampleRecipe.Loop;
import io.juxta.train.recipe.SampleRecipe.Method;
import io.juxta.train.recipe.SampleRecipe.Schedule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Recipes as they are resolved and written. */
class RecipeWritingTest {
    @Test
    void resolvesToEveryKeyInAStableOrder() {
        Recipe recipe = SampleRecipe.of("T: 0.2", "batch-size: 64", "note: 'a # b'");
        recipe.bind(Loop.class);
        recipe.bind(Method.class);
        assertThat(recipe.resolved()).isEqualTo("""
                        batch-size: 64
                        learning-rate: 0.03
                        weight-decay: 0.00050
                        schedule: step
                        milestones: [120, 160]
                        channels-last: false
                        seed: 0
                        note: "a # b"
                        warm-up: null
                        cap: 512.0
                        dim: 128
                        K: 65536
                        m: 0.999
                        T: 0.2
                        """.replace("0.00050", "0.00050"));
    }

    @Test
    void readsBackWhatItWrote() {
        List<String> notes = List.of(
                "",
                "null",
                "~",
                "NULL",
                "a b",
                " a",
                "a: b",
                "# a",
                "- a",
                "-a",
                "[a]",
                "{a}",
                "&a",
                "*a",
                "!a",
                "'a'",
                "\"a\"",
                "a\\b",
                "a\nb\tc",
                "\u0001",
                "größer 雪 \uD83D\uDE00",
                "C:\\x",
                "yes",
                "1e3",
                "\u2028",
                "%",
                "@",
                "\u007f\u0085");
        double[] rates = {0, -0.0, 1e-300, 5e-4, 1.0 / 3, 1e22, Double.MIN_VALUE, Double.MAX_VALUE, -1e-9, 123456789.5};
        for (String note : notes) {
            for (double rate : rates) {
                var loop = new Loop(
                        Integer.MIN_VALUE,
                        rate,
                        -rate,
                        Schedule.WARM_COSINE,
                        List.of(),
                        true,
                        Long.MIN_VALUE,
                        note,
                        Optional.of(1),
                        Optional.empty());
                String text = Recipe.write(List.of(loop));
                assertThat(Recipe.parse(text, "w").bind(Loop.class)).isEqualTo(loop);
            }
        }
    }

    record Alike(@Default("1") int dim) {}

    record Texts(
            @Default("[a, 'b c']") List<String> names,
            @Default("[step]") List<Schedule> schedules) {}

    @Test
    void recordsMayShareAKeyIfTheyAgree() {
        assertThat(Recipe.write(List.of(new Alike(128), Recipe.defaults(Method.class))))
                .startsWith("dim: 128\nK:")
                .containsOnlyOnce("dim");
        assertThatThrownBy(() -> Recipe.write(List.of(new Alike(1), Recipe.defaults(Method.class))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("differ about 'dim': 1 and 128");
    }

    @Test
    void listsOfTextAndEnumsReadBack() {
        var texts = new Texts(List.of("a, b", "null", "x"), Arrays.asList(Schedule.values()));
        String written = Recipe.write(List.of(texts));
        assertThat(written).isEqualTo("names: [\"a, b\", \"null\", x]\nschedules: [step, cosine, warm-cosine]\n");
        assertThat(Recipe.parse(written, "w").bind(Texts.class)).isEqualTo(texts);
        assertThat(Recipe.defaults(Texts.class).names()).containsExactly("a", "b c");
    }

    record WrongDefault(@Default("x") int dim) {}

    record WrongType(@Default("x") StringBuilder dim) {}

    @Test
    void mistakesInARecordAreBugsNotRecipeErrors() {
        assertThatThrownBy(() -> Recipe.defaults(WrongDefault.class)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Recipe.defaults(WrongType.class)).isInstanceOf(IllegalStateException.class);
    }
}
