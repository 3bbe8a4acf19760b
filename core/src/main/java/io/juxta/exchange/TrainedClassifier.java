package io.juxta.exchange;

import io.juxta.eval.probe.Calibration;
import io.juxta.eval.probe.GivenClassifier;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.weights.WeightsException;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An encoder and a classifier on its features as one network, in one file: {@code classifier.safetensors}. Wherever an encoder is
 * taken, that file is its encoder.
 *
 * @param layer the classifier, with the names of its classes
 * @param temperature that its scores are divided by
 */
@API(status = API.Status.INTERNAL)
public record TrainedClassifier(TrainedEncoder encoder, GivenClassifier layer, double temperature)
        implements AutoCloseable {
    private static final String RECIPE = "recipe";
    private static final String TEMPERATURE = "temperature";

    /**
     * Writes a classifier and its encoder.
     *
     * @param source what the encoder was read from, for its recipe
     * @param encoder as it is now; of a fine-tuned one that is not what the source holds
     * @param classifier {@code fc.weight} (C, D), {@code fc.bias} and {@code bn.*} where there is a batch norm
     * @param facts for people, such as its accuracy
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(
            Path file,
            Path source,
            TrainedEncoder encoder,
            Map<String, Tensor> classifier,
            List<String> classes,
            Calibration calibration,
            Map<String, String> facts)
            throws IOException {
        try (PointerScope scope = new PointerScope();
                KnownWeights known = KnownWeights.read(source)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            String prefix = known.method().equals("moco") ? "encoder_q." : "encoder.";
            StateDict.of(encoder.network()).forEach((name, tensor) -> tensors.put(prefix + name, tensor));
            classifier.forEach((name, tensor) -> tensors.put(GivenClassifier.PREFIX + name, tensor));
            Map<String, String> said = new LinkedHashMap<>(facts);
            said.put(RECIPE, known.weights().metadata().getOrDefault(RECIPE, ""));
            said.put(TEMPERATURE, String.format(Locale.ROOT, "%.6g", calibration.temperature()));
            GivenClassifier.write(file, tensors, said, classes);
        }
    }

    /**
     * Reads a classifier with its encoder.
     *
     * @throws IOException when it cannot be read or is none, in one line that names the file
     */
    public static TrainedClassifier read(Path file, Device device) throws IOException {
        // no scope: it would free the network as well
        try (KnownWeights known = KnownWeights.read(file)) {
            if (known.weights().tensors().keySet().stream()
                    .noneMatch(name -> name.startsWith(GivenClassifier.PREFIX))) {
                throw new WeightsException(known.file()
                        + " is an encoder without classifier: train one with evaluate linear or semi, --output"
                        + " classifier.safetensors");
            }
            double temperature = temperature(known);
            TrainedEncoder encoder = known.encoder(device);
            GivenClassifier layer = GivenClassifier.of(ofClassifier(known.weights()), known.file());
            if (layer.classes().isEmpty()) {
                throw new WeightsException(known.file() + " does not name its classes: write it by evaluate linear or"
                        + " semi, --output classifier.safetensors");
            }
            return new TrainedClassifier(encoder, layer, temperature);
        }
    }

    /** Copies, since what was read is freed. */
    private static WeightsFile ofClassifier(WeightsFile all) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        all.tensors().forEach((name, tensor) -> {
            if (name.startsWith(GivenClassifier.PREFIX)) {
                own.put(name, tensor.clone());
            }
        });
        return new WeightsFile(own, all.metadata());
    }

    private static double temperature(KnownWeights known) throws IOException {
        String said = known.weights().metadata().getOrDefault(TEMPERATURE, "1");
        try {
            double temperature = Double.parseDouble(said);
            if (temperature > 0 && temperature <= 1000) {
                return temperature;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new WeightsException(known.file() + ": its temperature " + said + " is no number above 0");
    }

    /** The names of its classes. */
    public List<String> classes() {
        return layer.classes();
    }

    /** Computes probabilities of prepared images. */
    @FunctionalInterface
    public interface Probabilities {
        /** Images (N, 3, H, W) to (N, C), float32, each row 1 in sum; in the caller's scope. */
        Tensor of(Tensor images);
    }

    /**
     * The whole way from images to probabilities, by the weights as they are now.
     *
     * @throws IOException when the classifier is not one of the encoder's features
     */
    public Probabilities probabilities() throws IOException {
        encoder.network().fold(Precision.FLOAT32);
        GivenClassifier.Scores scores = layer.scores(encoder.network());
        return images -> {
            try (NoGradGuard guard = new NoGradGuard()) {
                return torch.softmax(scores.of(images).div(new Scalar(temperature)), 1);
            }
        };
    }

    @Override
    public void close() {
        layer.close();
        encoder.network().close();
    }
}
