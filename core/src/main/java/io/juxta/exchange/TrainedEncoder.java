package io.juxta.exchange;

import io.juxta.backbone.Encoder;
import io.juxta.backbone.ResNet;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.moco.MocoEncoder;
import io.juxta.moco.ViewOptions;
import io.juxta.swav.ClusterEncoder;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained encoder of any method and from any program whose weights are known here.
 *
 * @param network in evaluation mode
 * @param evaluation how an image is prepared for it; nothing random
 * @param linearTrain the training view of a linear probe and of fine-tuning
 */
public record TrainedEncoder(Encoder network, Augmentation evaluation, Augmentation linearTrain) {
    private static final String PRODUCT = "encoder.safetensors";

    /** @param method of the run that delivered the weights */
    private record Trained(@Default("moco") String method) {}

    /**
     * Reads an encoder.
     *
     * @param file a run's folder or its {@code encoder.safetensors}, one of its checkpoints, or weights of MoCo, SwAV,
     *     DeepCluster-v2, torchvision or timm in PyTorch's files or safetensors
     * @throws IOException when it cannot be read or is no encoder's, in one line that names the file
     */
    public static TrainedEncoder read(Path file, Device device) throws IOException {
        Path weights = Files.isDirectory(file) ? file.resolve(PRODUCT) : file;
        // no scope: it would free the network as well
        WeightsFile known = recognised(WeightsFile.read(weights), weights);
        try {
            return of(known, weights, device);
        } finally {
            known.tensors().values().forEach(Tensor::close);
        }
    }

    private static TrainedEncoder of(WeightsFile weights, Path file, Device device) throws IOException {
        String recipe = weights.metadata().getOrDefault("recipe", "");
        String method =
                Recipe.parse(recipe, file.toString()).bind(Trained.class).method();
        switch (method) {
            case "moco":
                MocoEncoder moco = MocoEncoder.of(weights, file, device);
                ViewOptions views = moco.recipe().views();
                Augmentation train = Augmentation.linearTrain(
                        views.imageSize(), views.normalization().statistics());
                return new TrainedEncoder(moco.network(), views.evaluation(), train);
            case "swav", "deepcluster":
                ClusterEncoder clusters = ClusterEncoder.of(weights, file, device);
                return new TrainedEncoder(
                        clusters.network(),
                        clusters.crops().evaluation(),
                        clusters.crops().linearTrain());
            default:
                throw new IOException(file + " was trained by " + method + ", which makes no encoder: give the "
                        + PRODUCT + " of a run of pretrain");
        }
    }

    /** Weights with a recipe: their own, or that of what they are recognised as. */
    private static WeightsFile recognised(WeightsFile weights, Path file) throws IOException {
        if (weights.metadata().containsKey("recipe")) {
            return weights;
        }
        try {
            Foreign foreign = Foreign.of(weights.tensors());
            if (!foreign.kind().isKept() || foreign.kind() == Foreign.Kind.CUT_G) {
                throw new IOException(file + " is " + foreign.kind() + ", not an encoder: give a run's " + PRODUCT
                        + ", one of its checkpoints, or weights that juxta import knows");
            }
            Fit fit = Fit.of(foreign);
            if (!fit.isWhole()) {
                throw new IOException(file + " seems to be " + foreign.kind() + ", and does not fit (missing "
                        + fit.missing().size() + ", left over " + fit.leftOver().size() + ", of another shape "
                        + fit.misshapen().size() + "): juxta import tells which");
            }
            return new WeightsFile(fit.mapped(), Map.of("recipe", foreign.recipe()));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The mean and deviation of its input. */
    public Normalization input() {
        return evaluation.normalization();
    }

    /** Its tensors by torchvision's names. */
    public Map<String, Tensor> state() {
        return StateDict.of(network);
    }

    /**
     * The network as what other programs know.
     *
     * @throws IllegalArgumentException when it is none
     */
    public ResNet resnet() {
        if (network instanceof ResNet resnet) {
            return resnet;
        }
        throw new IllegalArgumentException("only encoders that are ResNets can be exported");
    }
}
