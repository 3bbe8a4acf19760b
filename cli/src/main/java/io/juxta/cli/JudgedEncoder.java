package io.juxta.cli;

import io.juxta.backbone.Encoder;
import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Split;
import io.juxta.eval.LinearProbeOptions;
import io.juxta.image.Augmentation;
import io.juxta.moco.MocoEncoder;
import io.juxta.moco.ViewOptions;
import io.juxta.swav.ClusterEncoder;
import io.juxta.torch.Devices;
import io.juxta.train.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
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

    /**
     * What is judged.
     *
     * @param network in evaluation mode
     * @param plain how an image is prepared
     * @param train the training view of a linear probe and of fine-tuning
     */
    record Judged(Encoder network, Augmentation plain, Augmentation train) {}

    Judged encoder() throws IOException {
        return read(weights, device);
    }

    /**
     * Reads the weights of any method, with the views that it was trained on.
     *
     * @param device in words: picocli looks at the signatures here, and the help must not load libtorch
     */
    static Judged read(Path weights, String device) throws IOException {
        Device on = Devices.parse(device);
        if (method(weights).equals("moco")) {
            MocoEncoder encoder = MocoEncoder.read(weights, on);
            ViewOptions views = encoder.recipe().views();
            Augmentation train = Augmentation.linearTrain(
                    views.imageSize(), views.normalization().statistics());
            return new Judged(encoder.network(), views.evaluation(), train);
        }
        ClusterEncoder encoder = ClusterEncoder.read(weights, on);
        return new Judged(
                encoder.network(), encoder.crops().evaluation(), encoder.crops().linearTrain());
    }

    /** The method that the file's recipe names; where it has none, MoCo's reader says what is wrong. */
    private static String method(Path weights) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            String recipe = Safetensors.read(weights).metadata().getOrDefault("recipe", "");
            return Recipe.parse(recipe, weights.toString())
                    .bind(Method.Name.class)
                    .method();
        }
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
}
