package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.eval.probe.SemiSupervisedOptions;
import io.juxta.eval.translation.KernelOptions;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.KeyNote;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import io.juxta.train.recipe.Recipes;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said of keys is what holds. */
class RecipePageTest {
    /** Whose least or largest value does not go with the defaults of other keys. */
    private static final Set<String> BOUND_TO_OTHERS = Set.of(
            "K",
            "dim",
            "width",
            "crops",
            "crop-max-scales",
            "crop-min-scales",
            "load-size",
            "crop-size",
            "milestones",
            "init-gain");

    @Test
    void thePageIsWhatTheCodeSays() throws IOException {
        assertThat(RecipePage.text())
                .as("docs/recipes.md is generated: ./juxta recipes --markdown > docs/recipes.md")
                .isEqualTo(Files.readString(Path.of("..", "docs", "recipes.md")).replace("\r\n", "\n"));
    }

    @Test
    void anExplainedRecipeSaysEveryKeyAndTheSame() {
        for (String name : Recipes.names()) {
            String text = Recipes.text(name);
            String explained = RecipeKeys.explained(text, name);
            List<Class<? extends Record>> types = RecipeKeys.methods().get(RecipeKeys.method(text, name));
            List<String> keys = KeyNote.of(types).stream().map(KeyNote::key).toList();
            assertThat(explained
                            .lines()
                            .filter(line -> line.matches("[A-Za-z].*"))
                            .map(line -> line.split(":")[0]))
                    .as(name)
                    .containsExactlyInAnyOrderElementsOf(keys);
            assertThat(explained.lines()).as(name).allMatch(line -> line.length() <= 80 || text.contains(line));
            assertThat(written(explained, types)).isEqualTo(written(text, types));
        }
    }

    /** Flat and complete: nothing of a run is left to a default that another version may have otherwise. */
    @Test
    void recipesOfTheLibrarySayEveryKey() {
        for (String name : Recipes.names()) {
            Recipe recipe = Recipes.named(name);
            List<String> unsaid =
                    KeyNote.of(RecipeKeys.methods().get(RecipeKeys.method(Recipes.text(name), name))).stream()
                            .filter(note -> !note.otherwise().equals(Optional.of("null")))
                            .map(KeyNote::key)
                            .filter(key -> !recipe.says(key))
                            .toList();
            assertThat(unsaid).as(name).isEmpty();
        }
    }

    private static String written(String text, List<Class<? extends Record>> types) {
        Recipe recipe = Recipe.parse(text, "it");
        leaves(types).forEach(recipe::bind);
        return recipe.resolved();
    }

    @Test
    void aKeyIsExplainedAboveItsLine() {
        assertThat(RecipeKeys.explained("# mine\nmethod: moco\nK: 512\n", "mine"))
                .startsWith("""
                        # mine

                        # what is trained, moco or another: juxta methods lists them
                        # default moco
                        method: moco

                        # keys in the queue: 65536 on ImageNet, 4096 on CIFAR-10
                        # a whole number from 1 to 16777216; default 65536; He et al. 2020
                        K: 512

                        # Left to their defaults:
                        """)
                .contains(
                        "# passes over the images\n# a whole number of epochs from 1 on; default 200; may change when a run goes"
                                + " on\nepochs: 200\n");
    }

    @Test
    void aRecipeThatNamesNoMethodIsThatOfTheCommandThatTakesIt() {
        assertThat(RecipeKeys.explained("K: 5\n", "it")).contains("\nm: 0.999\n");
        assertThat(RecipeKeys.explained("ngf: 5\n", "it")).contains("\nndf: 64\n");
        assertThatThrownBy(() -> RecipeKeys.explained("nfg: 5\n", "it"))
                .hasMessageStartingWith("it line 1: unknown key");
        assertThatThrownBy(() -> RecipeKeys.explained("method: simmim\n", "it"))
                .hasMessage("it: method simmim is unknown: use one of moco, swav, deepcluster, simclr, barlow-twins,"
                        + " vicreg, simsiam, byol, moco-v3, dino, distill, cut, faster-rcnn");
    }

    /** Just outside of what is said a value is refused, by a message that names the key; at the ends it is taken. */
    @Test
    void rangesAreThoseOfTheRecords() {
        int ranges = 0;
        for (Class<? extends Record> type : all()) {
            for (RecordComponent component : type.getRecordComponents()) {
                Range range = component.getAnnotation(Range.class);
                if (range == null) {
                    continue;
                }
                ranges++;
                String key = key(component);
                boolean whole = component.getGenericType().toString().matches("int|long|.*Integer>");
                double step = whole ? 1 : 1e-4;
                List<Double> outside = new ArrayList<>();
                List<Double> ends = new ArrayList<>();
                if (Double.isFinite(range.least())) {
                    outside.add(range.least() - step);
                    ends.add(range.least());
                }
                if (Double.isFinite(range.most())) {
                    outside.add(range.most() + step);
                    ends.add(range.most());
                }
                outside.addAll(List.of(range.above(), range.below()));
                outside.removeIf(value -> !Double.isFinite(value));
                for (double value : outside) {
                    assertThatThrownBy(() -> bind(type, component, key, value))
                            .as(type + " " + key + " " + value)
                            .isInstanceOf(RecipeException.class)
                            .hasMessageContaining(key + " ")
                            .hasMessageNotContaining("\n");
                }
                for (double value : ends) {
                    if (!BOUND_TO_OTHERS.contains(key)) {
                        bind(type, component, key, value);
                    }
                }
            }
        }
        assertThat(ranges).isGreaterThan(80);
    }

    private static void bind(Class<? extends Record> type, RecordComponent component, String key, double value) {
        String text =
                new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
        if (component.getType() == List.class) {
            String list = component.getAnnotation(Default.class).value();
            text = list.replaceFirst("[^\\[,\\]]+", text);
        }
        Recipe.parse(key + ": " + text + "\n", "it").bind(type);
    }

    private static String key(RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        String name = component.getName();
        return key != null
                ? key.value()
                : name.replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static Set<Class<? extends Record>> all() {
        Set<Class<? extends Record>> all = new LinkedHashSet<>();
        RecipeKeys.methods().values().forEach(types -> all.addAll(leaves(types)));
        all.addAll(List.of(LinearProbeOptions.class, SemiSupervisedOptions.class, KernelOptions.class));
        return all;
    }

    private static List<Class<? extends Record>> leaves(List<Class<? extends Record>> types) {
        List<Class<? extends Record>> leaves = new ArrayList<>();
        for (Class<? extends Record> type : types) {
            List<Class<? extends Record>> inner = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                if (component.getType().isRecord()) {
                    inner.add(component.getType().asSubclass(Record.class));
                }
            }
            leaves.addAll(inner.isEmpty() ? List.of(type) : leaves(inner));
        }
        return leaves;
    }
}
