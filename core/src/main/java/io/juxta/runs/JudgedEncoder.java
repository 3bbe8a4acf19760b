package io.juxta.runs;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Relabelled;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.eval.neighbours.Baselines;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.torch.Precision;
import io.juxta.train.MixedPrecision;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.RunIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Device;

/**
 * The encoder and the images of a judgement.
 *
 * @param weights a run's folder, weights in one, or weights of another program that are known
 * @param data where the images are; empty for those of the run that the weights are of
 * @param precision that the network computes in
 * @param overrides options as {@code --set} spells them
 */
record JudgedEncoder(
        Path weights,
        Optional<Path> data,
        String device,
        Precision precision,
        List<String> overrides,
        Processes processes,
        WorkListener listener) {
    /** Held in the precision that is asked for. */
    TrainedEncoder encoder() throws IOException {
        return TrainedEncoder.read(weights, processes.device(device), precision);
    }

    /** In float32, to be trained. */
    TrainedEncoder learning() throws IOException {
        return TrainedEncoder.read(weights, processes.device(device));
    }

    /** How it is trained. */
    MixedPrecision mixed() throws IOException {
        return MixedPrecision.of(precision, processes.device(device));
    }

    /** The same network with fresh weights, made when it is asked for. */
    Supplier<EncoderNetwork> untrained(TrainedEncoder encoder) throws IOException {
        Supplier<EncoderNetwork> untrained = processes.untrained(encoder, device);
        Device where = processes.device(device);
        return () -> {
            EncoderNetwork network = untrained.get();
            network.hold(precision, where);
            return network;
        };
    }

    /** Does something together with the other processes, which must have the same weights. */
    <T> T together(TrainedEncoder encoder, RunIdentity identity, Processes.Together<T> run) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>(Processes.weights(encoder));
        facts.put("precision", precision.toString());
        return processes.together(processes.device(device), identity, facts, run);
    }

    /** What is read, and not to be written over. */
    Originals originals() throws IOException {
        return Originals.of(folder());
    }

    /** The training images, taken as those that the encoder was trained on. */
    Dataset images(TrainedEncoder encoder) throws IOException {
        return images(encoder, Split.TRAIN);
    }

    /**
     * The images that are judged by; a label means the same class in them as in those to learn from. Says what the
     * folder was taken for.
     */
    Dataset heldOut(TrainedEncoder encoder, Dataset images) throws IOException {
        Dataset heldOut = images(encoder, Split.TEST);
        Map<String, Dataset> sets = new LinkedHashMap<>();
        sets.put("training", images);
        sets.put("held out", heldOut);
        say(sets);
        try {
            return Relabelled.like(images, heldOut);
        } catch (IOException e) {
            throw new IOException(folder() + ": " + e.getMessage(), e);
        }
    }

    /** The images that are judged by, where nothing is learned from others. */
    Dataset heldOut(TrainedEncoder encoder) throws IOException {
        Dataset heldOut = images(encoder, Split.TEST);
        say(Map.of("held out", heldOut));
        return heldOut;
    }

    private void say(Map<String, Dataset> sets) throws IOException {
        if (processes.isFirst()) {
            listener.notes(Note.Kind.DATA, Survey.of(folder(), sets).lines());
        }
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

    private Path folder() throws IOException {
        return KnownRun.images(data, weights);
    }

    private Dataset images(TrainedEncoder encoder, Split split) throws IOException {
        Dataset images = encoder.taken(Datasets.open(folder(), split));
        if (images.classes().size() < 2) {
            Path where = images.origin() instanceof ImageFolder folder ? folder.root() : folder();
            String only = images.classes().size() == 1
                    ? images.classes().get(0)
                    : images.origin() instanceof ImageFolder folder
                                    && folder.folders().size() == 1
                            ? folder.folders().get(0)
                            : "";
            throw new IOException(where
                    + (only.isEmpty()
                            ? " has no classes to judge by: put the images of each class into a folder of their own"
                            : " has no class but " + only
                                    + ", and every accuracy would be 100 %: give it at least two"));
        }
        return images;
    }

    /** As {@code --set} alone says. */
    LinearProbeOptions linearProbe() {
        return LinearProbeOptions.of(overrides);
    }

    /** By the protocol of the program whose method trained the encoder, unless another is asked for. */
    LinearProbeOptions linearProbe(TrainedEncoder encoder) {
        boolean moco = encoder.recipe().bind(Trained.class).method().equals("moco");
        return LinearProbeOptions.of(
                overrides, moco ? LinearProbeOptions.Protocol.MOCO : LinearProbeOptions.Protocol.SWAV);
    }

    private record Trained(@Default("moco") String method) {}

    /** Options as a recipe spells them, from {@code --set} alone. */
    <R extends Record> R options(Class<R> type) {
        return options(overrides, type);
    }

    /** kNN as the encoder's own run measured it, but for what {@code --set} says. */
    KnnOptions knn(TrainedEncoder encoder) {
        options(overrides, KnnOptions.class); // refuses what is no key of it
        return encoder.recipe().with(overrides).bind(KnnOptions.class);
    }

    /** Whose settings {@link #knn} has, for people. */
    String whose(TrainedEncoder encoder) {
        if (overrides.stream().anyMatch(override -> override.strip().startsWith("knn-"))) {
            return "as asked";
        }
        boolean own = Stream.of("knn-k", "knn-t", "knn-layer").anyMatch(encoder.recipe()::says);
        return own ? "its run's own settings" : "MoCo's notebook's settings";
    }

    /** What an accuracy on these images is to be compared with. */
    static Baselines baselines(TrainedEncoder encoder, Dataset images, Dataset heldOut) throws IOException {
        KnnOptions knn = encoder.recipe().bind(KnnOptions.class);
        return Baselines.of(images, heldOut, encoder.evaluation(), knn);
    }

    static <R extends Record> R options(List<String> overrides, Class<R> type) {
        Recipe recipe = Recipe.parse("", "--set").with(overrides);
        R options = recipe.bind(type);
        recipe.checkAllKnown();
        return options;
    }
}
