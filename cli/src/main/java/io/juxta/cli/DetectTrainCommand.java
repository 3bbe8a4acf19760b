package io.juxta.cli;

import io.juxta.runs.Detecting;
import io.juxta.train.recipe.Recipe;
import java.util.Set;
import picocli.CommandLine.Command;

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
final class DetectTrainCommand extends TrainCommand<Detecting> {

    @Override
    public Set<String> keys() {
        return Detecting.keys();
    }

    @Override
    Detecting by(Recipe recipe) {
        return Detecting.by(recipe);
    }
}
