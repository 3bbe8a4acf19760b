package io.juxta.cli;

import io.juxta.runs.RunRequest;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What every command takes that trains by a recipe: that, the images, the run's folder, and whether it is only planned. */
final class TrainArguments {
    @Spec(Spec.Target.MIXEE)
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

    @Mixin
    private MemoryOption memory = new MemoryOption();

    @Option(names = "--dry-run", description = "Print what would be done, and train nothing.")
    private boolean dryRun;

    @Mixin
    private QuietOption quiet = new QuietOption();

    /** What is to be trained, on the images that the command names or that the run knows. */
    <T extends RunRequest<T>> T request(Function<Recipe, T> by) throws IOException {
        T request = by.apply(recipe()).on(where.data(data, spec)).among(OtherProcesses.ofEnvironment());
        memory.apply(request);
        if (from.isPresent()) {
            where.requireNew("--from");
            request.from(from.get());
        }
        return request;
    }

    /**
     * The recipe that the command names, or that of the run that goes on, with the overrides in place.
     *
     * @throws IllegalArgumentException when there is none at all
     */
    Recipe recipe() throws IOException {
        where.check();
        Optional<Recipe> chosen = file.isPresent() ? file.map(Recipes::find).map(where::goingOn) : where.recipe();
        return chosen.orElseThrow(() -> new IllegalArgumentException(
                        "a recipe is missing: name one, such as folder/moco-v2; juxta recipes lists them"))
                .with(overrides);
    }

    /** Trains, or says what would be trained. */
    <T extends RunRequest<T>> int train(T request) throws IOException, InterruptedException {
        if (dryRun) {
            System.out.print(
                    request.told(new EpochLine(quiet.style(), request::folder)).plan());
            return ExitStatus.DONE;
        }
        return where.train(request, Optional.empty(), spec, quiet, result -> {});
    }
}
