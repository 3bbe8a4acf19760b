package io.juxta.swav;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;

/**
 * What SwAV and DeepCluster-v2 share: the network and the temperature.
 */
@API(status = API.Status.INTERNAL)
public record ClusterOptions(
        @Means(
                value = "the backbone, by torchvision's name: resnet18 to resnet152, resnext50_32x4d and so on, "
                        + "wide_resnet50_2",
                source = "Caron et al. 2020")
        @Default("resnet50")
        String arch,

        @Means("what an image meets first: imagenet for photos, cifar (no pooling) for images of 32 to 64 px")
        @Default("imagenet")
        Architecture.Stem stem,

        @Means(
                value = "channels of the stem, a multiple of 8; 64 is the paper's, 128 its RN50-w2",
                source = "Caron et al. 2020")
        @Range(least = 8, most = 1024)
        @Default("64")
        int width,

        @Means(
                value = "width of the projection head's hidden layer: 2048, with RN50-w2 and wider 8192; 0 for one "
                        + "linear layer",
                source = "Caron et al. 2020")
        @Range(least = 0, most = 65536)
        @Default("2048")
        int hiddenMlp,

        @Means(value = "width of the embedding", source = "Caron et al. 2020")
        @Range(least = 1, most = 65536)
        @Default("128")
        int featDim,

        @Means(
                value = "prototypes of each head: [3000] in SwAV, [3000, 3000, 3000] in DeepCluster-v2",
                source = "Caron et al. 2020")
        @Range(least = 2, most = 1048576)
        @Default("[3000]")
        List<Integer> prototypes,

        @Means(value = "temperature of the predictions", source = "Caron et al. 2020")
        @Range(most = 100, above = 0)
        @Key("T")
        @Default("0.1")
        double T) {
    public ClusterOptions {
        prototypes = List.copyOf(prototypes);
        check(hiddenMlp >= 0 && hiddenMlp <= 65536, "hidden-mlp " + hiddenMlp + " must be from 0 (none) to 65536");
        check(
                featDim >= 1 && featDim <= 65536,
                "feat-dim " + featDim + " must be from 1 to 65536 (128 is the paper's)");
        check(
                !prototypes.isEmpty() && prototypes.stream().allMatch(K -> K >= 2 && K <= 1 << 20),
                "prototypes " + prototypes + " must be at least one number, each from 2 to " + (1 << 20)
                        + " ([3000] is the paper's)");
        check(T > 0 && T <= 100, "T " + T + " must be above 0 and at most 100 (0.1 is the paper's)");
        resnet(arch, stem, width);
    }

    /** The largest number of prototypes of a head. */
    public int largest() {
        return prototypes.stream().mapToInt(K -> K).max().orElseThrow();
    }

    /** Refuses fewer images than prototypes. */
    void requireEnough(int images) {
        check(
                largest() <= images,
                "prototypes " + prototypes + " are more than the images, " + images
                        + ": a prototype needs images of its own; set at most " + images);
    }

    /** The loss of an encoder that knows nothing: ln K, the mean over heads. */
    double knowingNothing() {
        return prototypes.stream().mapToDouble(Math::log).average().orElseThrow();
    }

    /** The backbone: batch norm over the whole batch, as synchronised batch norm over all processes. */
    public ResNet.Options resnet() {
        return resnet(arch, stem, width);
    }

    private static ResNet.Options resnet(String arch, Architecture.Stem stem, int width) {
        return new ResNet.Options(Architecture.named(arch), stem, width, 1);
    }

    /** Trainable values of the network, prototypes included. */
    public long parameters() {
        try (PointerScope scope = new PointerScope();
                EncoderNetwork encoder = network().encoder()) {
            return StateDict.parameterCount(encoder);
        }
    }

    /** The encoder, prototypes registered in it, with weights from libtorch's generator. */
    public EncoderNetwork encoder() {
        return network().encoder();
    }

    ClusterNetwork network() {
        return ClusterNetwork.of(
                new ResNet(resnet(), in -> ProjectionHead.swav(in, hiddenMlp, featDim)),
                new Prototypes(featDim, prototypes));
    }

    static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
