package io.juxta.swav;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.torch.StateDict;
import io.juxta.train.PictureOptions;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.SavedNetwork;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/**
 * A trained encoder with its prototypes, of SwAV or DeepCluster-v2, read back from a run's {@code encoder.safetensors} or
 * from one of its checkpoints.
 *
 * @param network in evaluation mode
 * @param prototypes the network's, as the file holds them: not quite of length 1
 * @param options of the network, and the temperature it was trained with
 * @param crops that it was trained on
 */
@API(status = API.Status.INTERNAL)
public record ClusterEncoder(
        EncoderNetwork network,
        Prototypes prototypes,
        ClusterOptions options,
        CropOptions crops,
        PictureOptions pictures) {
    /** What stands before the encoder's names in a checkpoint. */
    private static final String ENCODER = "encoder.";

    /** Of what a recipe without the key is. */
    private record Method(@Default("moco") String method) {}

    /**
     * The encoder that weights are of which have been read already.
     *
     * @param file that they are from, for messages
     * @throws IOException when they do not fit, or were not trained by either method
     */
    public static ClusterEncoder of(WeightsFile weights, Path file, Device device) throws IOException {
        List<ClusterNetwork> built = new ArrayList<>();
        try {
            SavedNetwork<EncoderNetwork> saved = SavedNetwork.of(weights, file, device, "encoder", ENCODER, recipe -> {
                requireClusters(file, recipe);
                built.add(recipe.bind(ClusterOptions.class).network());
                return built.get(0).encoder();
            });
            StateDict.channelsLast(saved.network());
            return new ClusterEncoder(
                    saved.network(),
                    built.get(0).prototypes(),
                    saved.recipe().bind(ClusterOptions.class),
                    saved.recipe().bind(CropOptions.class),
                    saved.recipe().bind(PictureOptions.class));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Images as those that it was trained on were taken from their files. */
    public Dataset taken(Dataset stored) {
        List<Augmentation> views = new ArrayList<>(crops.views());
        views.add(crops.evaluation());
        return pictures.of(stored, views);
    }

    private static void requireClusters(Path file, Recipe recipe) {
        String method = recipe.bind(Method.class).method();
        if (!method.equals("swav") && !method.equals("deepcluster")) {
            throw new UncheckedIOException(new IOException(file + " is an encoder of " + method
                    + ", which has no prototypes: give one of swav or deepcluster"));
        }
    }
}
