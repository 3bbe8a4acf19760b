package io.juxta.swav;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.Encoder;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * What SwAV and DeepCluster-v2 share: the network and the temperature.
 *
 * @param arch the backbone, by torchvision's name
 * @param stem {@code imagenet} for photos, {@code cifar} for images of 32 to 64 px
 * @param width channels of the stem, a multiple of 8; 64 is the paper's, 128 its RN50-w2
 * @param hiddenMlp width of the projection head's hidden layer: 2048, with RN50-w2 and wider 8192; 0 for one linear layer
 * @param featDim width of the embedding
 * @param prototypes K of each head: one of 3000 in SwAV, three in DeepCluster-v2
 * @param T temperature: 0.1
 */
public record ClusterOptions(
        @Default("resnet50") String arch,
        @Default("imagenet") Architecture.Stem stem,
        @Default("64") int width,
        @Default("2048") int hiddenMlp,
        @Default("128") int featDim,
        @Default("[3000]") List<Integer> prototypes,
        @Key("T") @Default("0.1") double T) {
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
                Encoder encoder = network().encoder()) {
            return StateDict.parameterCount(encoder);
        }
    }

    /** The encoder, prototypes registered in it, with weights from libtorch's generator. */
    public Encoder encoder() {
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
