package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
    enum Schedule {
        STEP,
        COSINE,
        WARM_COSINE
    }

    record Method(
            @Default("128") int dim,
            @Default("65536") int K,
            @Default("0.999") double m,
            @Key("T") @Default("0.07") double temperature) {
        Method {
            if (K < 1) {
                throw new IllegalArgumentException("K must be at least 1, not " + K);
            }
        }
    }

    record Loop(
            @Default("256") int batchSize,
            @Default("0.03") double learningRate,
            @Default("5e-4") double weightDecay,
            @Default("step") Schedule schedule,
            @Default("[120, 160]") List<Integer> milestones,
            @Default("false") boolean channelsLast,
            @Default("0") long seed,
            @Default("\"\"") String note,
            Optional<Integer> warmUp,
            @Default("512") Optional<Double> cap) {}

    record Required(String arch) {}

    @TempDir
    Path folder;

    private static Recipe of(String... lines) {
        return Recipe.parse(String.join("\n", lines), "r.yaml");
    }

    private static Loop loop(String... lines) {
        return of(lines).bind(Loop.class);
    }

    @Test
    void anEmptyRecipeIsAllDefaults() {
        var expected = new Loop(
                256, 0.03, 5e-4, Schedule.STEP, List.of(120, 160), false, 0, "", Optional.empty(), Optional.of(512.0));
        assertThat(loop("")).isEqualTo(expected).isEqualTo(Recipe.defaults(Loop.class));
        assertThat(loop("# nothing but a comment")).isEqualTo(expected);
        assertThat(loop("---")).isEqualTo(expected);
        assertThat(loop("{}")).isEqualTo(expected);
    }

    @Test
    void readsEveryType() {
        Loop loop = loop(
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
        assertThat(loop("milestones:", "- 7", "- 8").milestones()).containsExactly(7, 8);
        assertThat(loop("milestones: []").milestones()).isEmpty();
    }

    @Test
    void readsThePapersSymbols() {
        assertThat(of("K: 4096", "m: 0.99", "T: .2", "dim: 64").bind(Method.class))
                .isEqualTo(new Method(64, 4096, 0.99, 0.2));
    }

    @ParameterizedTest
    @CsvSource({"5e-4,0.0005", "5E-4,0.0005", "3,3", "-.5,-0.5", "1.,1", "+2.5e+3,2500", "0.03,0.03", "1e-10,1e-10"})
    void readsRealNumbers(String text, double expected) {
        assertThat(loop("learning-rate: " + text).learningRate()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1e6,1000000", "2.0,2", "-3,-3", "0,0", "2147483647,2147483647", "1.5e1,15", "+4,4"})
    void readsWholeNumbersInAnyExactSpelling(String text, int expected) {
        assertThat(loop("batch-size: " + text).batchSize()).isEqualTo(expected);
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
        assertThatThrownBy(() -> loop("# first", "batch-size: " + text))
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
                "milestones: 7|milestones: expected a list, each element a whole number from -2147483648 to"
                        + " 2147483647, not '7'",
                "milestones: [a]|milestones: expected a list, each element a whole number from -2147483648 to"
                        + " 2147483647, not [a]",
                "milestones: [1, ]x|not YAML:",
                "seed: 9223372036854775808|seed: expected a whole number, not '9223372036854775808'",
                "note: null|note: expected text, not nothing",
                "warm-up: soon|warm-up: expected a whole number from -2147483648 to 2147483647, or null, not 'soon'",
            })
    void refusesAWrongType(String line, String message) {
        assertThatThrownBy(() -> loop(line))
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
        assertThatThrownBy(() -> of(yaml.replace("\\n", "\n").replace("\\t", "\t")))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesABillionLaughsAndDeepNestingAtOnce() {
        String laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
        assertThatThrownBy(() -> of(laughs)).hasMessageContaining("anchors");
        assertThatThrownBy(() -> of("a: " + "[".repeat(100_000))).isInstanceOf(RecipeException.class);
        assertThatThrownBy(() -> of("a: " + "{b: ".repeat(100_000))).isInstanceOf(RecipeException.class);
    }

    @Test
    void showsALongValueShortAndOnOneLine() {
        assertThatThrownBy(() -> loop("batch-size: \"" + "x\\n".repeat(5000) + "\""))
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

    @Test
    void overridesHoldOverTheFileAndTheLaterOverTheEarlier() {
        Recipe base = of("batch-size: 64", "cap: 3", "note: old");
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
                    Recipe recipe = of("batch-size: 64").with(List.of(override));
                    recipe.bind(Loop.class);
                    recipe.checkAllKnown();
                })
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void knowsTheKeysOfEveryBoundRecord() {
        Recipe recipe = of("K: 8", "batch-size: 4");
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
        Recipe recipe = of(lines);
        recipe.bind(Method.class);
        recipe.bind(Loop.class);
        recipe.checkAllKnown();
    }

    @Test
    void theRecordsOwnRefusalNamesThePlace() {
        assertThatThrownBy(() -> of("dim: 2", "K: 0").bind(Method.class))
                .isInstanceOf(RecipeException.class)
                .hasMessage("r.yaml line 2: K must be at least 1, not 0");
        assertThatThrownBy(() -> of("K: 4").with(List.of("K=0")).bind(Method.class))
                .hasMessage("--set K=0: K must be at least 1, not 0");
    }

    @Test
    void aKeyWithoutDefaultMustBeGiven() {
        assertThatThrownBy(() -> of("").bind(Required.class))
                .hasMessage("r.yaml: arch: missing; expected text (it has no default)");
        assertThat(of("arch: resnet50").bind(Required.class).arch()).isEqualTo("resnet50");
    }

    @Test
    void resolvesToEveryKeyInAStableOrder() {
        Recipe recipe = of("T: 0.2", "batch-size: 64", "note: 'a # b'");
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
