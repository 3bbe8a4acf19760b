package io.juxta.detect;

import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.PictureSize;
import io.juxta.data.boxes.Resizing;
import io.juxta.image.Image;
import io.juxta.image.Resizer;
import io.juxta.train.run.SavedNetwork;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
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

    /** The names of the classes. */
    public List<String> classes() {
        return recipe.pictures().classes();
    }

    /** What it finds in a picture, in the picture's own pixels. */
    public Detections detect(Image image, Resizer resizer) {
        return detect(network, recipe.pictures(), image, resizer);
    }

    /** What a network finds, prepared as a recipe says; it must be in evaluation mode. */
    public static Detections detect(FasterRcnn network, PictureKeys keys, Image image, Resizer resizer) {
        PictureSize own = new PictureSize(image.width(), image.height());
        Resizing.Way way = keys.detecting().plain(own);
        Image resized = resizer.bilinear(image, way.to().width(), way.to().height(), false);
        try (PointerScope scope = new PointerScope()) {
            float[] values = keys.pixelValues().of(resized);
            Device device = network.parameters().get(0).device();
            Tensor x = Tensor.create(values, 1, resized.height(), resized.width(), 3)
                    .permute(0, 3, 1, 2)
                    .to(device, ScalarType.Float);
            return network.detect(x, own);
        }
    }
}
