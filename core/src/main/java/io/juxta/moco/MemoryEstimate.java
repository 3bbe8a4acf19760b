package io.juxta.moco;

import io.juxta.backbone.Architecture;
import io.juxta.data.LoaderOptions;

/** What a run will take of memory, before it starts: a sum over what must be alive at once, not a promise. */
public final class MemoryEstimate {
    /** The JVM and libtorch before any tensor. */
    private static final long BASE = 500L << 20;

    private static final long FLOAT = 4;

    private MemoryEstimate() {}

    /**
     * Bytes resident at the peak of a step on a CPU.
     *
     * @param loader of the run: its ring of batches
     * @param parameters of one encoder
     */
    public static long of(MocoRecipe recipe, LoaderOptions loader, long parameters) {
        MocoOptions moco = recipe.moco();
        long batch = recipe.training().batchSize();
        long side = recipe.views().imageSize();
        long weights = 4 * parameters; // both encoders, gradients, velocities
        long queue = (long) moco.dim() * moco.K();
        long logits = 4 * batch * (moco.K() + 1L); // similarities, logits, their softmax and gradient
        long passes = moco.loss() == MocoOptions.Loss.SYMMETRIC ? 2 : 1;
        long activations = passes * batch * activations(moco, side);
        long ring = loader.depth() * 2L * batch * 3 * side * side;
        return BASE + FLOAT * (weights + queue + logits + activations + ring);
    }

    /** Values kept for the backward pass of one image: each convolution's output, and what batch norm makes of it. */
    private static long activations(MocoOptions moco, long side) {
        Architecture architecture = Architecture.named(moco.arch());
        boolean photos = moco.stem() == Architecture.Stem.IMAGENET;
        long edge = photos ? side / 2 : side;
        long values = 2 * moco.width() * edge * edge;
        edge = photos ? edge / 2 : edge;
        for (int layer = 0; layer < 4; layer++) {
            edge = layer == 0 ? edge : (edge + 1) / 2;
            long planes = (long) moco.width() << layer;
            long inner = planes * architecture.widthPerGroup() / 64 * architecture.groups();
            long block = architecture.bottleneck() ? 2 * inner + planes * architecture.expansion() : 2 * planes;
            values += 2 * architecture.blocks().get(layer) * block * edge * edge;
        }
        // the groups of a batch norm are joined again, which is one more copy of each
        return moco.bnGroups() == 1 ? values : values * 3 / 2;
    }
}
