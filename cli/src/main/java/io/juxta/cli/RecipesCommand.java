package io.juxta.cli;

import io.juxta.runs.RecipePage;
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
        System.out.print(markdown ? RecipePage.text() : RecipePage.list());
        return ExitStatus.DONE;
    }
}
