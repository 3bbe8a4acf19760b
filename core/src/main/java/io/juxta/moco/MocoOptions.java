package io.juxta.moco;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;

/**
 * What MoCo is, in the paper's symbols.
 *
 * @param arch the backbone, by torchvision's name
 * @param stem {@code imagenet} for photos, {@code cifar} for images of 32 to 64 px
 * @param width channels of the stem, a multiple of 8; 64 is the paper's, less is for small machines
 * @param head {@code linear} is v1, {@code mlp} v2
 * @param dim width of the embedding
 * @param K keys in the queue: 65536 on ImageNet, 4096 on CIFAR-10
 * @param m momentum of the key encoder: 0.999 on ImageNet, 0.99 on CIFAR-10
 * @param mSchedule {@code constant} in the paper; {@code cosine} lets m grow to 1 (Grill et al. 2020, section 3.3)
 * @param T temperature: 0.07 in v1, 0.2 in v2, 0.1 on CIFAR-10
 * @param loss {@code symmetric} adds the loss with the views' roles exchanged, for two more forward passes
 * @param bnGroups G, groups of the batch that are normalised apart, keys shuffled over them; 8 is what eight GPUs do
 */
public record MocoOptions(
        @Default("resnet50") String arch,
        @Default("imagenet") Architecture.Stem stem,
        @Default("64") int width,
        @Default("mlp") ProjectionHead.Kind head,
        @Default("128") int dim,
        @Key("K") @Default("65536") int K,
        @Key("m") @Default("0.999") double m,
        @Default("constant") MomentumSchedule mSchedule,
        @Key("T") @Default("0.2") double T,
        @Default("asymmetric") Loss loss,
        @Default("8") int bnGroups) {

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
        return new Diagnosis.Contrast(losses * Math.log(K + 1.0), bnGroups, stepsToFill, stepsPerEpoch);
    }

    /** These options with another number of keys in the queue. */
    public MocoOptions withQueue(int keys) {
        return new MocoOptions(arch, stem, width, head, dim, keys, m, mSchedule, T, loss, bnGroups);
    }

    /** These options with another number of batch-norm groups. */
    MocoOptions withBnGroups(int groups) {
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
