package io.juxta.cli;

import io.juxta.train.recipe.Recipes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** What recipes there are. */
@Command(name = "recipes", description = "List the recipes that come with juxta, and what each is for.")
final class RecipesCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        for (String name : Recipes.names()) {
            System.out.println(name);
            System.out.print(Paragraph.of(Recipes.purpose(name), "    "));
        }
        return ExitStatus.DONE;
    }
}
