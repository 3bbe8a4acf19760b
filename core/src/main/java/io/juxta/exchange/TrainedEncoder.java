package io.juxta.exchange;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.ResNet;
import io.juxta.data.Dataset;
import io.juxta.dino.DinoEncoder;
import io.juxta.dino.DinoRecipe;
import io.juxta.dino.TeacherCrops;
import io.juxta.distill.DistillRecipe;
import io.juxta.distill.DistilledEncoder;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoEncoder;
import io.juxta.moco.MocoRecipe;
import io.juxta.siamese.SiameseEncoder;
import io.juxta.siamese.ViewPair;
import io.juxta.swav.ClusterEncoder;
import io.juxta.swav.ClusterOptions;
import io.juxta.swav.CropOptions;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.PictureOptions;
import io.juxta.train.embedding.ViewOptions;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.SavedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained encoder of any method and from any program whose weights are known here.
 *
 * @param network in evaluation mode
 * @param evaluation how an image is prepared for it; nothing random
 * @param linearTrain the training view of a linear probe and of fine-tuning
 * @param recipe that it was trained by, or what is known of it where another program has trained it
 */
@API(status = API.Status.INTERNAL)
public record TrainedEncoder(EncoderNetwork network, Augmentation evaluation, Augmentation linearTrain, Recipe recipe) {
    /**
     * Reads an encoder.
     *
     * @param file a run's folder or its {@code encoder.safetensors}, one of its checkpoints, or weights of MoCo, SwAV,
     *     DeepCluster-v2, torchvision, timm, DINO or DINOv2 in PyTorch's files or safetensors
     * @throws IOException when it cannot be read or is no encoder's, in one line that names the file
     */
    public static TrainedEncoder read(Path file, Device device) throws IOException {
        return KnownWeights.encoder(file, device);
    }

    /**
     * Reads an encoder that shall learn no more, folds its batch norms and holds its weights in a precision.
     *
     * @throws IOException when it cannot be read or is no encoder's, in one line that names the file
     * @throws IllegalArgumentException when the device cannot compute so, in one line
     */
    public static TrainedEncoder read(Path file, Device device, Precision precision) throws IOException {
        precision.use(device); // what cannot be is said before anything is read
        TrainedEncoder encoder = read(file, device);
        encoder.network.hold(precision, device);
        return encoder;
    }

    static TrainedEncoder of(KnownWeights known, Device device) throws IOException {
        switch (known.method()) {
            case "moco":
                MocoEncoder moco = MocoEncoder.of(known.weights(), known.file(), device);
                ViewOptions views = moco.recipe().views();
                Augmentation train = Augmentation.linearTrain(
                        views.imageSize(), views.normalization().statistics());
                return new TrainedEncoder(moco.network(), views.evaluation(), train, known.recipe());
            case "swav", "deepcluster":
                ClusterEncoder clusters = ClusterEncoder.of(known.weights(), known.file(), device);
                return new TrainedEncoder(
                        clusters.network(),
                        clusters.crops().evaluation(),
                        clusters.crops().linearTrain(),
                        known.recipe());
            case "vit":
                SavedNetwork<EncoderNetwork> saved = SavedNetwork.of(
                        known.weights(),
                        known.file(),
                        device,
                        "encoder",
                        "encoder.",
                        recipe -> TransformerRecipe.bind(recipe).network());
                StateDict.channelsLast(saved.network());
                TransformerRecipe given = TransformerRecipe.bind(saved.recipe());
                return new TrainedEncoder(saved.network(), given.evaluation(), given.linearTrain(), known.recipe());
            case DistillRecipe.METHOD:
                DistilledEncoder student = DistilledEncoder.of(known.weights(), known.file(), device);
                ViewOptions seen = student.recipe().views();
                Augmentation probed = Augmentation.linearTrain(
                        seen.imageSize(), seen.normalization().statistics());
                return new TrainedEncoder(student.network(), seen.evaluation(), probed, known.recipe());
            case "simclr", "barlow-twins", "vicreg", "simsiam", "byol", "moco-v3":
                SiameseEncoder siamese = SiameseEncoder.of(known.weights(), known.file(), device);
                ViewPair pair = siamese.recipe().shared().views();
                return new TrainedEncoder(siamese.network(), pair.evaluation(), pair.linearTrain(), known.recipe());
            case DinoRecipe.METHOD:
                DinoEncoder dino = DinoEncoder.of(known.weights(), known.file(), device);
                TeacherCrops shown = dino.recipe().crops();
                return new TrainedEncoder(dino.network(), shown.evaluation(), shown.linearTrain(), known.recipe());
            default:
                throw new IOException(known.file() + " was trained by " + known.method()
                        + ", which makes no encoder: give the encoder.safetensors of a run of pretrain");
        }
    }

    /**
     * The same network as it was before training, with weights drawn by the recipe's seed.
     *
     * @return in evaluation mode; the caller closes it
     */
    public EncoderNetwork untrained(Device device) {
        Torch.seed(recipe.bind(Seed.class).seed());
        EncoderNetwork begun =
                switch (recipe.bind(Trained.class).method()) {
                    case "moco" -> Moco.encoder(MocoRecipe.bind(recipe).moco().withBnGroups(1));
                    case "vit" -> TransformerRecipe.bind(recipe).network();
                    case "swav", "deepcluster" ->
                        recipe.bind(ClusterOptions.class).encoder();
                    case DistillRecipe.METHOD -> DistilledEncoder.untrained(recipe);
                    case DinoRecipe.METHOD -> DinoEncoder.untrained(recipe);
                    default -> SiameseEncoder.untrained(recipe);
                };
        begun.to(device, false);
        begun.eval();
        return begun;
    }

    /** @param method of the run that delivered the weights */
    private record Trained(@Default("moco") String method) {}

    private record Seed(@Default("0") long seed) {}

    /** Images as those that it was trained on were taken from their files. */
    public Dataset taken(Dataset stored) {
        List<Augmentation> views = new ArrayList<>(
                switch (recipe.bind(Trained.class).method()) {
                    case "moco", DistillRecipe.METHOD ->
                        List.of(recipe.bind(ViewOptions.class).view());
                    case "swav", "deepcluster" -> recipe.bind(CropOptions.class).views();
                    case DinoRecipe.METHOD -> recipe.bind(TeacherCrops.class).views();
                    case "simclr", "barlow-twins", "vicreg", "simsiam", "byol", "moco-v3" ->
                        recipe.bind(ViewPair.class).views();
                    default -> List.<Augmentation>of();
                });
        if (!views.isEmpty()) {
            views.add(evaluation);
        }
        return recipe.bind(PictureOptions.class).of(stored, views);
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
