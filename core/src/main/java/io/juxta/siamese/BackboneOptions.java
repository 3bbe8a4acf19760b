package io.juxta.siamese;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.Perceptron;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;

/** What lies below the projector. */
@API(status = API.Status.INTERNAL)
public record BackboneOptions(
        @Means(
                value = "the backbone, by torchvision's name: resnet18 to resnet152, resnext50_32x4d and so on, "
                        + "wide_resnet50_2",
                source = "Chen and He 2021")
        @Default("resnet50")
        String arch,

        @Means("what an image meets first: imagenet for photos, cifar (no pooling) for images of 32 to 64 px")
        @Default("imagenet")
        Architecture.Stem stem,

        @Means("channels of the stem, a multiple of 8; 64 is the papers', less is for small machines")
        @Range(least = 8, most = 1024)
        @Default("64")
        int width,

        @Means(
                value = "whether the last batch norm of each block begins at 0, so that the block passes on its input: "
                        + "all programs but BYOL's",
                source = "Goyal et al. 2017, section 5.1")
        @Default("true")
        boolean zeroInit) {
    public BackboneOptions {
        network(arch, stem, width);
    }

    /** Batch norm over the whole batch, as synchronised batch norm over all processes. */
    public ResNet.Options network() {
        return network(arch, stem, width);
    }

    private static ResNet.Options network(String arch, Architecture.Stem stem, int width) {
        return new ResNet.Options(Architecture.named(arch), stem, width, 1);
    }

    /** The backbone with its projector, with weights from libtorch's generator. */
    ResNet encoder(List<Integer> projector, Perceptron.Form form) {
        ResNet resnet = new ResNet(network(), in -> ProjectionHead.of(new Perceptron(in, projector, form)));
        if (zeroInit) {
            resnet.zeroLastNorms();
        }
        return resnet;
    }

    static List<Integer> requireWidths(String key, List<Integer> widths) {
        if (widths.isEmpty() || !widths.stream().allMatch(width -> width >= 2 && width <= 65536)) {
            throw new IllegalArgumentException(
                    key + " " + widths + " must be at least one width, each from 2 to 65536");
        }
        return List.copyOf(widths);
    }

    static List<Integer> requirePredictor(List<Integer> predictor, List<Integer> projector) {
        List<Integer> widths = requireWidths("predictor", predictor);
        int dim = projector.get(projector.size() - 1);
        if (widths.get(widths.size() - 1) != dim) {
            throw new IllegalArgumentException("predictor " + widths + " must end with the projector's last width, "
                    + dim + ", as it is compared with that");
        }
        return widths;
    }
}
