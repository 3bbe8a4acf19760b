package io.juxta.distill;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.Optional;
import org.apiguardian.api.API;

/** The network that learns. */
@API(status = API.Status.INTERNAL)
public record StudentOptions(
        @Means(
                value = "the backbone, by torchvision's name: resnet18 to resnet152, resnext50_32x4d and so on, "
                        + "wide_resnet50_2",
                source = "He et al. 2020")
        @Default("resnet18")
        String arch,

        @Means("what an image meets first: imagenet for photos, cifar (no pooling) for images of 32 to 64 px")
        @Default("imagenet")
        Architecture.Stem stem,

        @Means("channels of the stem, a multiple of 8; 64 is the paper's, less is for small machines")
        @Range(least = 8, most = 1024)
        @Default("64")
        int width,

        @Means(
                value = "from the student's feature to the teacher's embedding: mlp with a hidden layer as wide as the"
                        + " feature, linear without",
                source = "Fang et al. 2021")
        @Default("mlp")
        ProjectionHead.Kind head,

        @Means("width of the embedding, which is the teacher's; null until its weights have been read")
        @Range(least = 1, most = 65536)
        Optional<Integer> dim) {
    public StudentOptions {
        dim.ifPresent(values -> {
            if (values < 1 || values > 65536) {
                throw new IllegalArgumentException("dim " + values + " must be from 1 to 65536: it is the teacher's");
            }
        });
        network(arch, stem, width);
    }

    /** Batch norm over the whole batch, as synchronised batch norm over all processes. */
    public ResNet.Options network() {
        return network(arch, stem, width);
    }

    private static ResNet.Options network(String arch, Architecture.Stem stem, int width) {
        return new ResNet.Options(Architecture.named(arch), stem, width, 1);
    }

    /**
     * The width of the embedding.
     *
     * @throws IllegalArgumentException when no teacher has been read yet, in one line
     */
    public int embedding() {
        return dim.orElseThrow(
                () -> new IllegalArgumentException(
                        "dim null: the embedding is as wide as the teacher's, and there is no teacher yet: say --teacher WEIGHTS"));
    }

    /** The student with its head, with weights from libtorch's generator. */
    public ResNet encoder() {
        return new ResNet(network(), head, embedding());
    }

    StudentOptions withDim(int values) {
        return new StudentOptions(arch, stem, width, head, Optional.of(values));
    }
}
