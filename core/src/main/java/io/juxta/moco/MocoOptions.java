package io.juxta.moco;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * What MoCo is, in the paper's symbols.
 */
@API(status = API.Status.INTERNAL)
public record MocoOptions(
        @Means(
                value = "the backbone, by torchvision's name: resnet18 to resnet152, resnext50_32x4d and so on, "
                        + "wide_resnet50_2",
                source = "He et al. 2020")
        @Default("resnet50")
        String arch,

        @Means("what an image meets first: imagenet for photos, cifar (no pooling) for images of 32 to 64 px")
        @Default("imagenet")
        Architecture.Stem stem,

        @Means("channels of the stem, a multiple of 8; 64 is the paper's, less is for small machines")
        @Range(least = 8, most = 1024)
        @Default("64")
        int width,

        @Means(value = "the projection: linear is v1, mlp v2", source = "Chen et al. 2020") @Default("mlp")
        ProjectionHead.Kind head,

        @Means(value = "width of the embedding", source = "He et al. 2020")
        @Range(least = 1, most = 65536)
        @Default("128")
        int dim,

        @Means(value = "keys in the queue: 65536 on ImageNet, 4096 on CIFAR-10", source = "He et al. 2020")
        @Range(least = 1, most = 16777216)
        @Key("K")
        @Default("65536")
        int K,

        @Means(value = "momentum of the key encoder: 0.999 on ImageNet, 0.99 on CIFAR-10", source = "He et al. 2020")
        @Range(least = 0, most = 1)
        @Key("m")
        @Default("0.999")
        double m,

        @Means(
                value = "constant in the paper; cosine lets m grow to 1 over the run",
                source = "Grill et al. 2020, section 3.3")
        @Default("constant")
        MomentumSchedule mSchedule,

        @Means(value = "temperature of the logits: 0.07 in v1, 0.2 in v2, 0.1 on CIFAR-10", source = "Chen et al. 2020")
        @Range(most = 100, above = 0)
        @Key("T")
        @Default("0.2")
        double T,

        @Means(
                value = "symmetric adds the loss with the views' roles exchanged, for two more forward passes",
                source = "He et al. 2020, CIFAR demo")
        @Default("asymmetric")
        Loss loss,

        @Means(
                value = "groups of the batch that are normalised apart, keys shuffled over them; 8 is what eight GPUs "
                        + "do",
                source = "He et al. 2020, section 3.3")
        @Range(least = 1, most = 4096)
        @Default("8")
        int bnGroups) {

    /** How the key encoder's momentum changes over the run. */
    public enum MomentumSchedule {
        CONSTANT,
        COSINE
    }

    /** Which views are queries. */
    public enum Loss {
        /** The first view is the query, the second the key: the paper's. */
        ASYMMETRIC,
        /** Both in turn; the losses are summed and both sets of keys enqueued, as in the authors' CIFAR demo. */
        SYMMETRIC
    }

    public MocoOptions {
        check(dim >= 1 && dim <= 65536, "dim " + dim + " must be from 1 to 65536 (128 is the paper's)");
        check(K >= 1 && K <= 1 << 24, "K " + K + " must be from 1 to " + (1 << 24) + " (65536 is the paper's)");
        check(
                (long) K * dim <= 1 << 30,
                "K " + K + " times dim " + dim + " must be at most " + (1 << 30)
                        + ", a queue of 4 GiB: choose a smaller one");
        check(m >= 0 && m <= 1, "m " + m + " must be from 0 to 1 (0.999 is the paper's)");
        check(T > 0 && T <= 100, "T " + T + " must be above 0 and at most 100 (0.2 in v2)");
        check(bnGroups >= 1 && bnGroups <= 4096, "bn-groups " + bnGroups + " must be from 1 to 4096");
        network(arch, stem, width, bnGroups);
    }

    /** The network of either encoder. */
    public ResNet.Options network() {
        return network(arch, stem, width, bnGroups);
    }

    private static ResNet.Options network(String arch, Architecture.Stem stem, int width, int bnGroups) {
        return new ResNet.Options(Architecture.named(arch), stem, width, bnGroups);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * What a diagnosis needs to know of a run with these options.
     *
     * @param batchSize images in a step
     * @param stepsPerEpoch steps of an epoch
     */
    public Diagnosis.Task task(int batchSize, long stepsPerEpoch) {
        int losses = loss == Loss.SYMMETRIC ? 2 : 1;
        long stepsToFill = (K + (long) losses * batchSize - 1) / ((long) losses * batchSize);
        double attainable = losses * Math.log1p(K * Math.exp(-1 / T));
        return new Diagnosis.Contrast(losses * Math.log(K + 1.0), bnGroups, stepsToFill, stepsPerEpoch, attainable);
    }

    /** These options with another number of keys in the queue. */
    public MocoOptions withQueue(int keys) {
        return new MocoOptions(arch, stem, width, head, dim, keys, m, mSchedule, T, loss, bnGroups);
    }

    /** These options with another number of batch-norm groups. */
    public MocoOptions withBnGroups(int groups) {
        return new MocoOptions(arch, stem, width, head, dim, K, m, mSchedule, T, loss, groups);
    }

    /**
     * The key encoder's momentum at a point of the run.
     *
     * @param progress from 0 at the first step to 1 at the end
     */
    public double momentumAt(double progress) {
        return mSchedule == MomentumSchedule.CONSTANT ? m : 1 - (1 - m) * (Math.cos(Math.PI * progress) + 1) / 2;
    }
}
