package io.juxta.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes that come with the library. */
class RecipesTest {
    private static final Path SOURCES = Path.of("..", "recipes");

    record Start(String method, @Default("1") int epochs) {}

    @Test
    void theIndexNamesEachRecipeOnce() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            assertThat(Recipes.names())
                    .as("a new recipe is a line in recipes/index, where juxta recipes should list it")
                    .containsExactlyInAnyOrderElementsOf(files.filter(
                                    file -> file.toString().endsWith(".yaml"))
                            .map(file -> SOURCES.relativize(file).toString().replace('\\', '/'))
                            .map(file -> file.replaceFirst("\\.yaml$", ""))
                            .toList());
        }
    }

    @Test
    void eachIsTheFileInTheSourcesAndSaysWhatItIsFor() throws IOException {
        for (String name : Recipes.names()) {
            assertThat(Recipes.text(name)).isEqualTo(Files.readString(SOURCES.resolve(name + ".yaml")));
            assertThat(Recipes.purpose(name)).as(name).hasSizeBetween(20, 300).doesNotContain("#", "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cifar10/moco-cpu",
                "cifar10/moco-cpu.yaml",
                "recipes/cifar10/moco-cpu",
                "recipes/cifar10/moco-cpu.yaml",
                "./recipes/cifar10/moco-cpu.yml",
                "recipes\\cifar10\\moco-cpu.yaml"
            })
    void aNameMayBeWrittenAsInTheSources(String name) {
        Recipe recipe = Recipes.named(name);
        assertThat(recipe.name()).isEqualTo("cifar10/moco-cpu");
        assertThat(recipe.bind(Start.class)).isEqualTo(new Start("moco", 12));
        assertThat(Recipes.find(Path.of(name)).bind(Start.class)).isEqualTo(new Start("moco", 12));
    }

    @Test
    void aFileWinsOverAName(@TempDir Path folder) throws IOException {
        Path file = Files.createDirectories(folder.resolve("cifar10")).resolve("moco-cpu.yaml");
        Files.writeString(file, "# mine\nmethod: swav\nepochs: 3\n");
        assertThat(Recipes.find(file).bind(Start.class)).isEqualTo(new Start("swav", 3));
        assertThat(Recipes.text(file)).startsWith("# mine\n");
        assertThatThrownBy(() -> Recipes.find(folder)).hasMessageContaining("is a folder");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "folder/moco-v3|folder/moco-v3: no such file, and no recipe is called so; did you mean folder/moco-v2?",
                "moco-cpu|moco-cpu: no such file, and no recipe is called so; did you mean cifar10/moco-cpu?",
                "swav.yaml|did you mean folder/swav or cifar10/swav?",
                "nothing at all like it, by far|so; juxta recipes lists them",
                "../recipes/no.yaml|juxta recipes lists them",
            })
    void whatIsNeitherIsOneLineWithTheNearest(String given, String message) {
        assertThatThrownBy(() -> Recipes.find(Path.of(given)))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aNameCannotLeadOutOfTheRecipes() {
        assertThatThrownBy(() -> Recipes.text("../report/page.css")).isInstanceOf(RecipeException.class);
        assertThatThrownBy(() -> Recipes.text("index")).isInstanceOf(RecipeException.class);
    }
}
