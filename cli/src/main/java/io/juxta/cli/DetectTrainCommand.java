package io.juxta.cli;

import io.juxta.runs.Detecting;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a detector on images with boxes. */
@Command(
        name = "train",
        description = "Train a detector on images with boxes, by a recipe, from an encoder or from random weights.",
        footer = {
            "",
            "The data folder may hold VOCdevkit, COCO's annotations/instances_*.json, or images with VOC's XML beside them"
                    + " or in annotations, in folders train and test (or val). The run's folder gets the recipe as resolved,"
                    + " metrics.csv, checkpoints and detector.safetensors. --from takes an encoder.",
            "",
            "  juxta detect train folder/detect --data fruit --from runs/folder-moco-v2",
            "  juxta detect train voc/moco-c4 --data VOCdevkit --from moco_v2.pth.tar",
            "  juxta detect train --resume --run runs/folder-detect"
        })
final class DetectTrainCommand implements Callable<Integer>, Keyed {
    @Mixin
    private TrainArguments arguments = new TrainArguments();

    @Override
    public Set<String> keys() {
        return Detecting.keys();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return arguments.train(arguments.request(Detecting::by));
    }
}
