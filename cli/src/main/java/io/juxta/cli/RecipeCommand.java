package io.juxta.cli;

import io.juxta.runs.RecipeKeys;
import io.juxta.train.recipe.Recipes;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One recipe with every key explained. */
@Command(
        name = "recipe",
        description = "Print a recipe with every key explained: what it is, what it may be, its default, whose it is.",
        footer = {
            "",
            "What is printed is a recipe still, to be changed and used:",
            "",
            "  juxta recipe folder/moco-v2 > mine.yaml",
            "  juxta pretrain mine.yaml --data photos"
        })
final class RecipeCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "RECIPE",
            description = "The name of a recipe that comes with juxta (juxta recipes lists them), or a YAML file.")
    private Path recipe = Path.of("");

    @Override
    public Integer call() {
        System.out.print(RecipeKeys.explained(Recipes.text(recipe), recipe.toString()));
        return ExitStatus.DONE;
    }
}
