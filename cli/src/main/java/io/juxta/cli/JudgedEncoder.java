package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Split;
import io.juxta.moco.MocoEncoder;
import io.juxta.torch.Devices;
import io.juxta.train.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The encoder and the images of an evaluation, to be mixed into the commands that judge. */
final class JudgedEncoder {
    @Parameters(paramLabel = "WEIGHTS", description = "A run's encoder.safetensors, or one of its checkpoints.")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Labelled images: a folder with train and test (or val), a folder for each class in them; or"
                    + " CIFAR-10's binary files.")
    private Path data = Path.of("");

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set an option, as often as needed; see below.")
    private List<String> overrides = new ArrayList<>();

    MocoEncoder encoder() throws IOException {
        return MocoEncoder.read(weights, Devices.parse(device));
    }

    Dataset images(Split split) throws IOException {
        Dataset images = Datasets.open(data, split);
        if (images.classes().isEmpty()) {
            throw new IOException(
                    data + " has no classes to judge by: put the images of each class into a folder of their own");
        }
        return images;
    }

    /** Options as a recipe spells them, from {@code --set} alone. */
    <R extends Record> R options(Class<R> type) {
        Recipe recipe = Recipe.parse("", "--set").with(overrides);
        R options = recipe.bind(type);
        recipe.checkAllKnown();
        return options;
    }
}
