package io.juxta.cli;

import io.juxta.runs.RunRequest;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A command that trains by a recipe, on images, in a run's folder; or only plans to.
 *
 * @param <T> what is trained
 */
abstract class TrainCommand<T extends RunRequest<T>> implements Callable<Integer>, Keyed {
    @Spec
    private CommandSpec spec = CommandSpec.create();

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

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder of images, in one of the shapes below; a run that goes on knows its own.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "WEIGHTS",
            description = "Begin from these weights instead of random ones: a run, or what import knows; see below.")
    private Optional<Path> from = Optional.empty();

    @Mixin
    private RunArguments where = new RunArguments();

    @Option(names = "--dry-run", description = "Print what would be done, and train nothing.")
    private boolean dryRun;

    @Mixin
    private QuietOption quiet = new QuietOption();

    /** What is to be trained by a recipe. */
    abstract T by(Recipe recipe) throws IOException;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        T request = by(recipe()).on(where.data(data, spec)).among(OtherProcesses.ofEnvironment());
        if (from.isPresent()) {
            where.requireNew("--from");
            request.from(from.get());
        }
        if (dryRun) {
            System.out.print(
                    request.told(new EpochLine(quiet.style(), request::folder)).plan());
            return ExitStatus.DONE;
        }
        return where.train(request, Optional.empty(), spec, quiet, result -> {});
    }

    /**
     * The recipe that the command names, or that of the run that goes on, with the overrides in place.
     *
     * @throws IllegalArgumentException when there is none at all
     */
    final Recipe recipe() throws IOException {
        where.check();
        Optional<Recipe> chosen = file.isPresent() ? file.map(Recipes::find).map(where::goingOn) : where.recipe();
        return chosen.orElseThrow(() -> new IllegalArgumentException(
                        "a recipe is missing: name one, such as folder/moco-v2; juxta recipes lists them"))
                .with(overrides);
    }
}
