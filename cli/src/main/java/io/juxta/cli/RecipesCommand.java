package io.juxta.cli;

import io.juxta.runs.RecipePage;
import io.juxta.train.recipe.Recipes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What recipes there are. */
@Command(
        name = "recipes",
        description = "List the recipes that come with juxta, and what each is for.",
        footer = {"", "juxta recipe NAME prints one with every key explained."})
final class RecipesCommand implements Callable<Integer> {
    @Option(names = "--markdown", description = "Print a page with all recipes and all keys instead: docs/recipes.md.")
    private boolean markdown;

    @Override
    public Integer call() {
        if (markdown) {
            System.out.print(RecipePage.text());
            return ExitStatus.DONE;
        }
        for (String name : Recipes.names()) {
            System.out.println(name);
            System.out.print(Paragraph.of(Recipes.purpose(name), "    "));
        }
        return ExitStatus.DONE;
    }
}
