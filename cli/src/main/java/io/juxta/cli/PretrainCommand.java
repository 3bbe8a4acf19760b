package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an encoder on unlabelled images. */
@Command(
        name = "pretrain",
        description = "Train an encoder on unlabelled images by a recipe.",
        footer = {
            "",
            "The data folder may hold a folder train (and test or val, for kNN), CIFAR-10's binary files, or just"
                    + " images in any folders. The run's folder gets the recipe as resolved, metrics.csv, checkpoints"
                    + " and encoder.safetensors.",
            "",
            "  juxta pretrain folder/moco-v2 --data photos",
            "  juxta pretrain cifar10/moco-cpu --data cifar10 --set epochs=3 --run runs/short",
            "  juxta pretrain --resume --run runs/short"
        })
final class PretrainCommand implements Callable<Integer>, Keyed {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private RecipeArguments arguments = new RecipeArguments();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder of images; a run that goes on knows its own.")
    private Optional<Path> data = Optional.empty();

    @Mixin
    private RunArguments where = new RunArguments();

    @Option(names = "--dry-run", description = "Print what would be done, and train nothing.")
    private boolean dryRun;

    @Mixin
    private MemoryOption memory = new MemoryOption();

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Override
    public Set<String> keys() {
        return Pretraining.keys();
    }

    @Override
    public Integer call() throws IOException {
        where.check();
        Pretraining pretraining = Pretraining.of(arguments.recipe(where::recipe), quiet.style());
        Path folder = where.data(data, spec);
        Dataset images = Datasets.open(folder, Split.TRAIN);
        // the labelled images that kNN is measured on; there need be none
        Optional<Dataset> heldOut = pretraining.measuresKnn() ? Datasets.find(folder, Split.TEST) : Optional.empty();
        if (Group.ofEnvironment().speaks()) {
            Map<String, Dataset> sets = new LinkedHashMap<>();
            sets.put("training", images);
            heldOut.ifPresent(judged -> sets.put("held out", judged));
            Survey.of(folder, sets).lines().forEach(System.out::println);
        }
        if (dryRun) {
            pretraining.describe(images, heldOut);
            return ExitStatus.DONE;
        }
        memory.require(pretraining, images);
        RunPlace place = where.place(arguments.name(), Optional.of(folder), spec);
        try (Interruption interruption = Interruption.watch(RunPlace.STOPPING)) {
            Pretraining.Outcome outcome = pretraining.run(images, heldOut, place, interruption::requested);
            return outcome.finished() ? ExitStatus.DONE : ExitStatus.INTERRUPTED;
        }
    }
}
