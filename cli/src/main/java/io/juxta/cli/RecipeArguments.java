package io.juxta.cli;

import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The recipe of a command and what the command line changes in it, to be mixed into the commands that take one. */
final class RecipeArguments {
    @Parameters(
            paramLabel = "RECIPE",
            arity = "0..1",
            description =
                    "What to train and how: the name of a recipe that comes with juxta (juxta recipes lists them),"
                            + " or a YAML file.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set a key of the recipe for this run, as often as needed: --set batch-size=64.")
    private List<String> overrides = new ArrayList<>();

    /**
     * The recipe with the overrides in place; bind records to it, then ask it to check that all keys are known.
     *
     * @param otherwise the one to take where the command line names none
     * @throws IllegalArgumentException when there is none at all
     */
    Recipe recipe(Otherwise otherwise) throws IOException {
        Optional<Recipe> chosen = file.isPresent() ? file.map(Recipes::find) : otherwise.recipe();
        return chosen.orElseThrow(() -> new IllegalArgumentException(
                        "a recipe is missing: name one, such as folder/moco-v2; juxta recipes lists them"))
                .with(overrides);
    }

    /** Another place to take a recipe from. */
    @FunctionalInterface
    interface Otherwise {
        Optional<Recipe> recipe() throws IOException;
    }
}
