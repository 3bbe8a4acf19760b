package io.juxta.cli;

import io.juxta.runs.Detecting;
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

/** Trains a detector on images with boxes. */
@Command(
        name = "train",
        description = "Train a detector on images with boxes, by a recipe, from an encoder or from random weights.",
        footer = {
            "",
            "The data folder may hold VOCdevkit, COCO's annotations/instances_*.json, or images with VOC's XML beside them"
                    + " or in annotations, in folders train and test (or val). The run's folder gets the recipe as resolved,"
                    + " metrics.csv, checkpoints and detector.safetensors.",
            "",
            "  juxta detect train folder/detect --data fruit --from runs/folder-moco-v2",
            "  juxta detect train voc/moco-c4 --data VOCdevkit --from moco_v2_800ep_pretrain.pth.tar",
            "  juxta detect train --resume --run runs/folder-detect"
        })
final class DetectTrainCommand implements Callable<Integer>, Keyed {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private RecipeArguments arguments = new RecipeArguments();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder of images with boxes; a run that goes on knows its own.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "WEIGHTS",
            description = "The encoder to begin with: a run, its encoder.safetensors, or whatever import knows; random"
                    + " weights where this is not given.")
    private Optional<Path> from = Optional.empty();

    @Mixin
    private RunArguments where = new RunArguments();

    @Option(names = "--dry-run", description = "Print what would be done, and train nothing.")
    private boolean dryRun;

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Override
    public Set<String> keys() {
        return Detecting.keys();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        where.check();
        Detecting detecting = Detecting.by(arguments.recipe(where::recipe));
        detecting.on(where.data(data, spec)).among(OtherProcesses.ofEnvironment());
        from.ifPresent(detecting::from);
        if (dryRun) {
            System.out.print(detecting
                    .told(new EpochLine(quiet.style(), detecting::folder))
                    .plan());
            return ExitStatus.DONE;
        }
        return where.train(detecting, Optional.empty(), spec, quiet, result -> {});
    }
}
