package io.juxta.cli;

import io.juxta.runs.Pretraining;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
            "  juxta pretrain cifar10/moco-cpu --data cifar10 --set epochs=3 --run runs/a",
            "  juxta pretrain folder/moco-v2 --data photos --from moco_v2.pth.tar",
            "  juxta pretrain folder/distill --data photos --teacher dinov2_vits14_pretrain.pth",
            "  juxta pretrain --resume --run runs/a"
        })
final class PretrainCommand extends TrainCommand<Pretraining> {
    @Option(
            names = "--teacher",
            paramLabel = "WEIGHTS",
            description = "With a recipe of method distill: the encoder to learn from, a run or what import knows.")
    private Optional<Path> teacher = Optional.empty();

    @Override
    public Set<String> keys() {
        return Pretraining.keys();
    }

    @Override
    Pretraining by(Recipe recipe) throws IOException {
        Pretraining pretraining = Pretraining.by(recipe);
        return teacher.isPresent() ? pretraining.taughtBy(teacher.get()) : pretraining;
    }
}
