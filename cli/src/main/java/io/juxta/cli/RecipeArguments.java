package io.juxta.cli;

import io.juxta.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The recipe of a command and what the command line changes in it, to be mixed into the commands that take one. */
final class RecipeArguments {
    @Parameters(paramLabel = "RECIPE", arity = "0..1", description = "The YAML file that says what to train and how.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set a key of the recipe for this run, as often as needed: --set batch-size=64.")
    private List<String> overrides = new ArrayList<>();

    /** What runs of this recipe are called: {@code cifar10-moco-cpu} for recipes/cifar10/moco-cpu.yaml. */
    String name() {
        Path path = file.orElse(Path.of("run.yaml")).toAbsolutePath().normalize();
        String stem = path.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        Path folder = path.getParent();
        return folder == null || folder.getFileName() == null ? stem : folder.getFileName() + "-" + stem;
    }

    /**
     * The recipe with the overrides in place; bind records to it, then ask it to check that all keys are known.
     *
     * @param otherwise the file to take where the command line names none
     * @throws IllegalArgumentException when there is none at all
     */
    Recipe recipe(Optional<Path> otherwise) {
        Path chosen = file.or(() -> otherwise)
                .orElseThrow(() -> new IllegalArgumentException(
                        "a recipe is missing: name one, such as recipes/folder/moco-v2.yaml"));
        return Recipe.read(chosen).with(overrides);
    }
}
