package io.juxta.exchange;

import io.juxta.cut.TrainedGenerator;
import io.juxta.swav.ClusterEncoder;
import io.juxta.torch.Precision;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.WeightsException;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * The one door for weights, by which every command and the library take them: a run's folder, what it delivers, one of its
 * checkpoints, or whatever {@link Foreign} recognises in a file of PyTorch or safetensors.
 *
 * <pre>{@code
 * TrainedEncoder encoder = KnownWeights.encoder(Path.of("moco_v2_800ep_pretrain.pth.tar"), Devices.parse("cpu"));
 * TrainedGenerator generator = KnownWeights.generator(Path.of("runs/apple2orange"), Devices.parse("cpu"));
 * }</pre>
 *
 * @param file that they are in
 * @param weights with a recipe among the metadata: their own, or that of what they are recognised as
 * @param heldIn the shorter type that the file holds values in; empty where they are float32
 */
@API(status = API.Status.INTERNAL)
public record KnownWeights(Path file, WeightsFile weights, Optional<String> heldIn) implements AutoCloseable {
    private static final String RECIPE = "recipe";
    /** What runs deliver. */
    private static final List<String> PRODUCTS =
            List.of("encoder.safetensors", "generator.safetensors", "detector.safetensors");

    private static final String KNOWN =
            "give a run's folder, its weights, one of its checkpoints, or weights that juxta import knows";

    /** @param method of the run that delivered the weights */
    private record Trained(@Default("moco") String method) {}

    /**
     * The file of weights that a path means: itself, or of a run's folder what the run delivers.
     *
     * @throws IOException when the folder has none, in one line
     */
    public static Path file(Path given) throws IOException {
        if (!Files.isDirectory(given)) {
            return given;
        }
        for (String product : PRODUCTS) {
            if (Files.isRegularFile(given.resolve(product))) {
                return given.resolve(product);
            }
        }
        if (Files.exists(given.resolve("saved_model.pb"))) {
            return given; // says itself what it is
        }
        throw new WeightsException(given + " holds neither " + String.join(" nor ", PRODUCTS)
                + ": give the folder of a run that has finished an epoch, or a file of weights");
    }

    /**
     * Reads weights of any kind that is known.
     *
     * @throws IOException when they cannot be read or are not known, in one line that names the file
     */
    public static KnownWeights read(Path given) throws IOException {
        return read(given, "an encoder, generator or detector");
    }

    private static KnownWeights read(Path given, String wanted) throws IOException {
        Path file = file(given);
        WeightsFile weights = WeightsFile.read(file);
        if (weights.metadata().containsKey(RECIPE)) {
            return new KnownWeights(file, weights, weights.heldIn());
        }
        try {
            return new KnownWeights(file, recognised(weights, file, wanted), weights.heldIn());
        } finally {
            weights.tensors().values().forEach(Tensor::close);
        }
    }

    private static WeightsFile recognised(WeightsFile weights, Path file, String wanted) throws IOException {
        try {
            Foreign foreign = Foreign.of(weights.tensors());
            if (!foreign.kind().isKept()) {
                throw new WeightsException(file + " is " + foreign.described() + ", not " + wanted + ": " + KNOWN);
            }
            Fit fit = Fit.of(foreign);
            if (!fit.isWhole()) {
                throw new WeightsException(file + " seems to be " + foreign.kind() + ", and does not fit (missing "
                        + fit.missing().size() + ", left over " + fit.leftOver().size() + ", of another shape "
                        + fit.misshapen().size() + "): juxta import tells which");
            }
            Map<String, String> said = new LinkedHashMap<>(weights.metadata());
            said.put(RECIPE, foreign.recipe());
            return new WeightsFile(fit.mapped(), said);
        } catch (IllegalArgumentException e) {
            throw new WeightsException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads an encoder.
     *
     * @throws IOException when it cannot be read or is none, in one line that names the file
     */
    public static TrainedEncoder encoder(Path given, Device device) throws IOException {
        // no scope: it would free the network as well
        try (KnownWeights known = read(given, "an encoder")) {
            return known.encoder(device);
        }
    }

    /**
     * Reads an encoder with its prototypes.
     *
     * @throws IOException when it cannot be read or is none, in one line that names the file
     */
    public static ClusterEncoder clusters(Path given, Device device) throws IOException {
        try (KnownWeights known = read(given, "an encoder of swav or deepcluster")) {
            return ClusterEncoder.of(known.weights, known.file, device);
        }
    }

    /**
     * Reads an encoder with its prototypes, and holds its weights in a precision; the prototypes stay as they are.
     *
     * @throws IOException when it cannot be read or is none, in one line that names the file
     * @throws IllegalArgumentException when the device cannot compute so, in one line
     */
    public static ClusterEncoder clusters(Path given, Device device, Precision precision) throws IOException {
        precision.use(device);
        ClusterEncoder encoder = clusters(given, device);
        encoder.network().hold(precision, device);
        return encoder;
    }

    /**
     * Reads a generator.
     *
     * @throws IOException when it cannot be read or is none, in one line that names the file
     */
    public static TrainedGenerator generator(Path given, Device device) throws IOException {
        try (KnownWeights known = read(given, "a generator")) {
            return known.generator(device);
        }
    }

    /** How the weights were trained, as far as it is known. */
    public Recipe recipe() {
        return Recipe.parse(weights.metadata().getOrDefault(RECIPE, ""), file.toString());
    }

    /** The method that they were trained by. */
    public String method() {
        return recipe().bind(Trained.class).method();
    }

    /** The encoder that these weights are of. */
    public TrainedEncoder encoder(Device device) throws IOException {
        return TrainedEncoder.of(this, device);
    }

    /** The generator that these weights are of. */
    public TrainedGenerator generator(Device device) throws IOException {
        return TrainedGenerator.of(weights, file, device);
    }

    /** Frees the tensors; networks made of them have their own. */
    @Override
    public void close() {
        weights.tensors().values().forEach(Tensor::close);
    }
}
