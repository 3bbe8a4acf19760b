package io.juxta.moco;

import io.juxta.data.LoaderOptions;
import io.juxta.torch.Precision;
import io.juxta.train.Resident;
import org.apiguardian.api.API;

/** What a run will take of memory, before it starts: a sum over what must be alive at once, not a promise. */
@API(status = API.Status.INTERNAL)
public final class MemoryEstimate {
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
        Precision precision = recipe.training().precision();
        long batch = recipe.training().batchSize();
        long side = recipe.views().imageSize();
        // both encoders, gradients, velocities; and all but the gradients once more, for the step that goes wrong
        long weights = 7 * parameters;
        long queue = 2L * moco.dim() * moco.K();
        long logits = 4 * batch * (moco.K() + 1L); // similarities, logits, their softmax and gradient
        long passes = moco.loss() == MocoOptions.Loss.SYMMETRIC ? 2 : 1;
        long activations = passes * batch * moco.network().activations(side);
        long ring = loader.depth() * 2L * batch * 3 * side * side;
        // in a shorter type than their own the weights of an encoder are kept once more, for as long as a pass
        long shortened = precision.isMixed() ? precision.bytes() * parameters : 0;
        return Resident.bytes(FLOAT * (weights + queue + logits + ring) + precision.bytes() * activations + shortened);
    }
}
