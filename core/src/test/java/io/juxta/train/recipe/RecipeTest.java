package io.juxta.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.train.recipe.SampleRecipe.Loop;
import io.juxta.train.recipe.SampleRecipe.Method;
import io.juxta.train.recipe.SampleRecipe.Schedule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a recipe may say, and how it is refused. */
class RecipeTest {
    @TempDir
    Path folder;

    @Test
    void anEmptyRecipeIsAllDefaults() {
        var expected = new Loop(
                256, 0.03, 5e-4, Schedule.STEP, List.of(120, 160), false, 0, "", Optional.empty(), Optional.of(512.0));
        assertThat(SampleRecipe.loop("")).isEqualTo(expected).isEqualTo(Recipe.defaults(Loop.class));
        assertThat(SampleRecipe.loop("# nothing but a comment")).isEqualTo(expected);
        assertThat(SampleRecipe.loop("---")).isEqualTo(expected);
        assertThat(SampleRecipe.loop("{}")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing but a comment\n", "---\n", "{}"})
    void aFileThatSaysNothingIsRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("empty.yaml"), text);
        assertThatThrownBy(() -> Recipe.read(file))
                .isInstanceOf(RecipeException.class)
                .hasMessage(file + ": says nothing, not even a method: is it the file that was meant?");
    }

    /** @param epochs at least 1 */
    record Ranges(
            @Default("200") int epochs,
            @Default("10") int quality,
            @Default("1") int any,
            Optional<Integer> share) {
        Ranges {
            check(epochs >= 1, "epochs " + epochs + " must be at least 1");
            check(quality >= 1 && quality <= 100, "quality " + quality + " must be from 1 to 100");
            share.ifPresent(parts -> check(parts >= 2, "share " + parts + " must be at least 2 (none: null)"));
        }

        private static void check(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epochs=many|a whole number that must be at least 1, not 'many'",
                "epochs=3000000000|a whole number that must be at least 1 and at most 2147483647, not '3000000000'",
                "quality=9.5|a whole number that must be from 1 to 100, not '9.5'",
                "quality=30000000000|a whole number that must be from 1 to 100, not '30000000000'",
                "any=x|a whole number, not 'x'",
                "any=3000000000|a whole number from -2147483648 to 2147483647, not '3000000000'",
                "share=x|a whole number that must be at least 2 (none: null), or null, not 'x'",
            })
    void aWholeNumberIsRefusedWithTheRangeOfItsKey(String override, String expected) {
        String key = override.substring(0, override.indexOf('='));
        Recipe recipe = Recipe.parse("", "r.yaml").with(List.of(override));
        assertThatThrownBy(() -> recipe.bind(Ranges.class))
                .hasMessage("--set " + override + ": " + key + ": expected " + expected);
    }

    @Test
    void readsEveryType() {
        Loop loop = SampleRecipe.loop(
                "batch-size: 64   # small",
                "learning-rate: 3e-2",
                "weight-decay: 1",
                "schedule: warm-cosine",
                "milestones: [1, 2e1]",
                "channels-last: true",
                "seed: 9007199254740993",
                "note: 'it: is'",
                "warm-up: 5",
                "cap: ~");
        assertThat(loop)
                .isEqualTo(new Loop(
                        64,
                        0.03,
                        1,
                        Schedule.WARM_COSINE,
                        List.of(1, 20),
                        true,
                        9007199254740993L,
                        "it: is",
                        Optional.of(5),
                        Optional.empty()));
        assertThat(SampleRecipe.loop("milestones:", "- 7", "- 8").milestones()).containsExactly(7, 8);
        assertThat(SampleRecipe.loop("milestones: []").milestones()).isEmpty();
    }

    @Test
    void readsThePapersSymbols() {
        assertThat(SampleRecipe.of("K: 4096", "m: 0.99", "T: .2", "dim: 64").bind(Method.class))
                .isEqualTo(new Method(64, 4096, 0.99, 0.2));
    }

    @ParameterizedTest
    @CsvSource({"5e-4,0.0005", "5E-4,0.0005", "3,3", "-.5,-0.5", "1.,1", "+2.5e+3,2500", "0.03,0.03", "1e-10,1e-10"})
    void readsRealNumbers(String text, double expected) {
        assertThat(SampleRecipe.loop("learning-rate: " + text).learningRate()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1e6,1000000", "2.0,2", "-3,-3", "0,0", "2147483647,2147483647", "1.5e1,15", "+4,4"})
    void readsWholeNumbersInAnyExactSpelling(String text, int expected) {
        assertThat(SampleRecipe.loop("batch-size: " + text).batchSize()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "1.5",
                "2147483648",
                "1e10",
                "1e999999999",
                "010",
                "0x10",
                "1_000",
                "true",
                "''",
                "1e-1",
                "12 34"
            })
    void refusesWhatIsNoInt(String text) {
        assertThatThrownBy(() -> SampleRecipe.loop("# first", "batch-size: " + text))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("r.yaml line 2: batch-size: expected a whole number")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "learning-rate: fast|learning-rate: expected a number, not 'fast'",
                "learning-rate: .nan|learning-rate: expected a number, not '.nan'",
                "learning-rate: 1e999|learning-rate: expected a number, not '1e999'",
                "learning-rate:|learning-rate: expected a number, not nothing",
                "learning-rate: [1, 2]|learning-rate: expected a number, not [1, 2]",
                "channels-last: yes|channels-last: expected true or false, not 'yes'",
                "schedule: cosin|schedule: expected one of step, cosine, warm-cosine, not 'cosin'",
                "schedule: COSINE|schedule: expected one of step, cosine, warm-cosine, not 'COSINE'",
                "milestones: 7|milestones: expected a list, each element a whole number, not '7'",
                "milestones: [a]|milestones: expected a list, each element a whole number, not [a]",
                "milestones: [1, ]x|not YAML:",
                "seed: 9223372036854775808|seed: expected a whole number, not '9223372036854775808'",
                "note: null|note: expected text, not nothing",
                "warm-up: soon|warm-up: expected a whole number, or null, not 'soon'",
            })
    void refusesAWrongType(String line, String message) {
        assertThatThrownBy(() -> SampleRecipe.loop(line))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("r.yaml line 1: " + message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: {b: 1}|r.yaml line 1: 'a' holds a nested mapping",
                "a: [[1]]|r.yaml line 1: nested values",
                "a: [{b: 1}]|r.yaml line 1: nested values",
                "a: [1, ~]|r.yaml line 1: a list has an empty element",
                "a: 1\\nb: 2\\na: 3|r.yaml line 3: key 'a' is given twice",
                "a: &x 1\\nb: *x|r.yaml line 2: anchors (&) and aliases (*) are not for recipes",
                "a: *x|r.yaml line 1: ",
                "a: &x [1]\\nb: *x|r.yaml line 1: anchors",
                "a: !!java.net.URL [x]|r.yaml line 1: tags (!) are not for recipes",
                "- 1\\n- 2|r.yaml line 1: expected lines of 'key: value'",
                "just words|r.yaml line 1: expected lines of 'key: value'",
                "a: 1\\n---\\nb: 2|r.yaml line 3: a second YAML document",
                "a: [1|r.yaml line 1: not YAML: ",
                "a: 1\\n\\tb: 2|r.yaml line 2: not YAML: ",
                "a: 'x|r.yaml line 1: not YAML: ",
                "? [1]\\n: 2|r.yaml line 1: not YAML: ",
            })
    void refusesWhatIsNotFlat(String yaml, String message) {
        assertThatThrownBy(() -> SampleRecipe.of(yaml.replace("\\n", "\n").replace("\\t", "\t")))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesABillionLaughsAndDeepNestingAtOnce() {
        String laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
        assertThatThrownBy(() -> SampleRecipe.of(laughs)).hasMessageContaining("anchors");
        assertThatThrownBy(() -> SampleRecipe.of("a: " + "[".repeat(100_000))).isInstanceOf(RecipeException.class);
        assertThatThrownBy(() -> SampleRecipe.of("a: " + "{b: ".repeat(100_000)))
                .isInstanceOf(RecipeException.class);
    }

    @Test
    void showsALongValueShortAndOnOneLine() {
        assertThatThrownBy(() -> SampleRecipe.loop("batch-size: \"" + "x\\n".repeat(5000) + "\""))
                .hasMessageNotContaining("\n")
                .message()
                .hasSizeLessThan(250);
    }

    @Test
    void readsAFile() throws IOException {
        Path file = folder.resolve("moco.yaml");
        Files.writeString(file, "\uFEFFbatch-size: 32\r\nnote: \"größer\"\r\n");
        Recipe recipe = Recipe.read(file);
        assertThat(recipe.bind(Loop.class).batchSize()).isEqualTo(32);
        assertThat(recipe.bind(Loop.class).note()).isEqualTo("größer");
        assertThat(recipe.name()).isEqualTo(file.toString());
    }

    @Test
    void refusesAFileThatIsNoRecipe() throws IOException {
        assertThatThrownBy(() -> Recipe.read(folder.resolve("none.yaml")))
                .isInstanceOf(RecipeException.class)
                .hasMessage(folder.resolve("none.yaml") + ": no such file; a recipe is a YAML file");
        assertThatThrownBy(() -> Recipe.read(folder)).hasMessage(folder + ": is a folder; a recipe is a YAML file");
        refuses("a: 1\n# ".concat("x".repeat(1 << 20)).getBytes(StandardCharsets.UTF_8), ": larger than 1 MiB");
        refuses(new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe}, ": not UTF-8 text");
        refuses(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, ": not UTF-8 text");
        refuses(new byte[] {'a', ':', ' ', 0, 1, 2, 3}, "");
        refuses(new byte[4096], "");
    }

    private void refuses(byte[] content, String message) throws IOException {
        Path file = folder.resolve("bad.yaml");
        Files.write(file, content);
        assertThatThrownBy(() -> Recipe.read(file))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(file + message)
                .hasMessageNotContaining("\n");
    }
}
