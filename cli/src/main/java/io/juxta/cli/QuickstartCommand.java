package io.juxta.cli;

import io.juxta.runs.Pretraining;
import io.juxta.runs.Quickstart;
import io.juxta.runs.RunRequest;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole of it on images that it draws itself. */
@Command(
        name = "quickstart",
        description = "Draw images, train an encoder on them without labels, and measure what it learned."
                + " Needs nothing else and takes two to three minutes on two cores.")
final class QuickstartCommand implements Callable<Integer>, Keyed {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private RunArguments where = new RunArguments();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set a key of the recipe: --set epochs=30.")
    private List<String> overrides = List.of();

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Override
    public Set<String> keys() {
        return Pretraining.keys();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        where.check();
        Recipe recipe = where.recipe().orElseGet(Quickstart::recipe);
        Pretraining pretraining = Pretraining.by(recipe.with(overrides))
                .on(Quickstart.images(), Quickstart.heldOut())
                .among(OtherProcesses.ofEnvironment());
        if (OtherProcesses.ofEnvironment().isFirst()) {
            System.out.println(Quickstart.task());
        }
        return where.train(
                pretraining,
                Optional.of(RunRequest.free("quickstart")),
                spec,
                quiet,
                result -> Quickstart.verdict(result).forEach(System.out::println));
    }
}
