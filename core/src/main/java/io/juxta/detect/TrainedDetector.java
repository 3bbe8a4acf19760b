package io.juxta.detect;

import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.PictureSize;
import io.juxta.image.Image;
import io.juxta.image.Resizer;
import io.juxta.torch.Precision;
import io.juxta.train.MixedPrecision;
import io.juxta.train.run.SavedNetwork;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A detector read back. Not safe for use by many threads at once.
 *
 * @param network in evaluation mode
 * @param recipe that it was trained by
 * @param file that it is from
 */
@API(status = API.Status.INTERNAL)
public record TrainedDetector(FasterRcnn network, DetectionRecipe recipe, Path file) {
    static final String PRODUCT = "detector";
    private static final String PREFIX = "detector.";

    /**
     * Reads a detector.
     *
     * @param given a run's folder, its {@code detector.safetensors} or one of its checkpoints
     * @throws IOException when it cannot be read or is none, in one line that names the file
     */
    public static TrainedDetector read(Path given, Device device) throws IOException {
        Path file = Files.isDirectory(given) ? given.resolve(PRODUCT + ".safetensors") : given;
        if (!Files.exists(file)) {
            throw new IOException(file + ": no such file"
                    + (Files.isDirectory(given) ? "; a run has one once it has finished an epoch" : ""));
        }
        WeightsFile weights = WeightsFile.read(file);
        try {
            String text = weights.metadata().getOrDefault("recipe", "");
            if (!text.contains("method: " + DetectionName.METHOD)) {
                throw new IOException(
                        file + " is no detector: give a run of juxta detect train, or its " + PRODUCT + ".safetensors");
            }
            SavedNetwork<FasterRcnn> saved = SavedNetwork.of(
                    weights,
                    file,
                    device,
                    PRODUCT,
                    PREFIX,
                    recipe -> DetectionRecipe.bind(recipe).network());
            return new TrainedDetector(saved.network(), DetectionRecipe.bind(saved.recipe()), file);
        } finally {
            weights.tensors().values().forEach(Tensor::close);
        }
    }

    /**
     * The same, to find objects in a precision and to learn no more.
     *
     * @throws IOException as above
     * @throws IllegalArgumentException when the device cannot compute so
     */
    public static TrainedDetector read(Path given, Device device, Precision precision) throws IOException {
        precision.use(device);
        TrainedDetector trained = read(given, device);
        trained.network.backbone().fold(Precision.FLOAT32);
        trained.network.compute(new MixedPrecision(precision, device, Optional.empty()));
        return trained;
    }

    /** The names of the classes. */
    public List<String> classes() {
        return recipe.pictures().classes();
    }

    /**
     * A picture as the network sees it.
     *
     * @param values (height, width, 3)
     * @param size of what the network sees
     * @param original the picture's own
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Prepared(float[] values, PictureSize size, PictureSize original) {}

    /** What it finds in a picture, in the picture's own pixels. */
    public Detections detect(Image image, Resizer resizer) {
        return detect(network, recipe.pictures(), image, resizer);
    }

    /** What a network finds, prepared as a recipe says; it must be in evaluation mode. */
    public static Detections detect(FasterRcnn network, PictureKeys keys, Image image, Resizer resizer) {
        return detect(network, List.of(prepare(keys, image, resizer))).get(0);
    }

    /** A picture made ready as a recipe says. */
    public static Prepared prepare(PictureKeys keys, Image image, Resizer resizer) {
        PictureSize own = new PictureSize(image.width(), image.height());
        PictureSize size = keys.detecting().plain(own).to();
        Image resized = resizer.bilinear(image, size.width(), size.height(), false);
        return new Prepared(keys.pixelValues().of(resized), size, own);
    }

    /**
     * What a network in evaluation mode finds in each of several pictures. Those of one size are computed together; no picture is
     * padded, so that what is found in it does not depend on the others.
     */
    public static List<Detections> detect(FasterRcnn network, List<Prepared> pictures) {
        Map<PictureSize, List<Integer>> bySize = new LinkedHashMap<>();
        for (int i = 0; i < pictures.size(); i++) {
            bySize.computeIfAbsent(pictures.get(i).size(), size -> new ArrayList<>())
                    .add(i);
        }
        List<Detections> found = new ArrayList<>(Collections.nCopies(pictures.size(), Detections.NONE));
        bySize.forEach((size, places) -> {
            List<Prepared> alike = places.stream().map(pictures::get).toList();
            List<Detections> answers = detect(network, size, alike);
            for (int k = 0; k < answers.size(); k++) {
                found.set(places.get(k), answers.get(k));
            }
        });
        return found;
    }

    private static List<Detections> detect(FasterRcnn network, PictureSize size, List<Prepared> alike) {
        try (PointerScope scope = new PointerScope()) {
            Device device = network.parameters().get(0).device();
            TensorVector batch = new TensorVector();
            for (Prepared one : alike) {
                batch.push_back(Tensor.create(one.values(), size.height(), size.width(), 3));
            }
            Tensor x = torch.stack(batch).permute(0, 3, 1, 2).to(device, ScalarType.Float);
            return network.detect(x, alike.stream().map(Prepared::original).toList());
        }
    }
}
