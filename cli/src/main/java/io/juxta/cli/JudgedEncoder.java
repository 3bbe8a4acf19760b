package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Split;
import io.juxta.eval.LinearProbeOptions;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.RunIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The encoder and the images of an evaluation, to be mixed into the commands that judge. */
final class JudgedEncoder {
    @Parameters(
            paramLabel = "WEIGHTS",
            description = "A run's folder, its encoder.safetensors or one of its checkpoints; or weights that import"
                    + " knows, such as MoCo's and SwAV's.")
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

    TrainedEncoder encoder() throws IOException {
        return TrainedEncoder.read(weights, Group.ofEnvironment().device(device));
    }

    /** Does something together with the other processes, which must have the same weights. */
    <T> T together(TrainedEncoder encoder, RunIdentity identity, Group.Together<T> run) throws IOException {
        Group group = Group.ofEnvironment();
        return group.together(group.device(device), identity, Group.weights(encoder), run);
    }

    /** The training images. */
    Dataset images() throws IOException {
        return images(Split.TRAIN);
    }

    /** The images that are judged by; a label means the same class in them as in those to learn from. */
    Dataset heldOut(Dataset images) throws IOException {
        Dataset heldOut = images(Split.TEST);
        refuseWhereMissing(images.classes(), heldOut.classes(), "training images and no held-out ones");
        refuseWhereMissing(heldOut.classes(), images.classes(), "held-out images and no training images");
        return heldOut;
    }

    /** The images that are judged by, where nothing is learned from others. */
    Dataset heldOut() throws IOException {
        return images(Split.TEST);
    }

    /**
     * @param key that may be set
     * @param why others may not, the beginning of a sentence
     * @throws IllegalArgumentException when another is
     */
    void refuseOtherThan(String key, String why) {
        for (String override : overrides) {
            if (!override.strip().startsWith(key)) {
                throw new IllegalArgumentException(why + ": --set " + override + " would have no effect, leave it out");
            }
        }
    }

    private void refuseWhereMissing(List<String> classes, List<String> among, String what) throws IOException {
        Set<String> known = new HashSet<>(among);
        for (String name : classes) {
            if (!known.contains(name)) {
                throw new IOException(
                        data + ": class " + name + " has " + what + ": give it some of both, or take it out");
            }
        }
    }

    private Dataset images(Split split) throws IOException {
        Dataset images = Datasets.open(data, split);
        if (images.classes().isEmpty()) {
            throw new IOException(
                    data + " has no classes to judge by: put the images of each class into a folder of their own");
        }
        return images;
    }

    LinearProbeOptions linearProbe() {
        return LinearProbeOptions.of(overrides);
    }

    /** Options as a recipe spells them, from {@code --set} alone. */
    <R extends Record> R options(Class<R> type) {
        return options(overrides, type);
    }

    static <R extends Record> R options(List<String> overrides, Class<R> type) {
        Recipe recipe = Recipe.parse("", "--set").with(overrides);
        R options = recipe.bind(type);
        recipe.checkAllKnown();
        return options;
    }

    /** The keys of such options. */
    static Set<String> keys(Class<? extends Record> type) {
        Recipe recipe = Recipe.parse("", "keys");
        recipe.bind(type);
        return recipe.known();
    }
}
