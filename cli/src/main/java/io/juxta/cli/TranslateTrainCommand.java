package io.juxta.cli;

import io.juxta.runs.Translating;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a generator that translates images of one domain to another. */
@Command(
        name = "train",
        description = "Train a generator that translates images of one domain to another, by a recipe.",
        footer = {
            "",
            "The data folder may hold trainA and trainB (and testA and testB, to judge by), A and B, two folders that"
                    + " the recipe names, or sheets with both images side by side. The run's folder gets the recipe as"
                    + " resolved, metrics.csv, checkpoints and generator.safetensors.",
            "",
            "  juxta translate train folder/cut --data photos",
            "  juxta translate train apple2orange/fastcut-cpu --data apple2orange --set epochs=4",
            "  juxta translate train --resume --run runs/short"
        })
final class TranslateTrainCommand implements Callable<Integer>, Keyed {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private RecipeArguments arguments = new RecipeArguments();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder of both domains; a run that goes on knows its own.")
    private Optional<Path> data = Optional.empty();

    @Mixin
    private RunArguments where = new RunArguments();

    @Option(names = "--dry-run", description = "Print what would be done, and train nothing.")
    private boolean dryRun;

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Override
    public Set<String> keys() {
        return Translating.keys();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        where.check();
        Translating translating = Translating.by(arguments.recipe(where::recipe));
        translating.on(where.data(data, spec)).among(OtherProcesses.ofEnvironment());
        if (dryRun) {
            System.out.print(translating
                    .told(new EpochLine(quiet.style(), translating::folder))
                    .plan());
            return ExitStatus.DONE;
        }
        return where.train(translating, Optional.empty(), spec, quiet, result -> {});
    }
}
