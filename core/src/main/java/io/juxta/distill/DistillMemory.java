package io.juxta.distill;

import io.juxta.data.LoaderOptions;
import io.juxta.torch.Precision;
import io.juxta.train.Resident;
import org.apiguardian.api.API;

/** What a run will take of memory, before it starts: a sum over what must be alive at once, not a promise. */
@API(status = API.Status.INTERNAL)
public final class DistillMemory {
    private static final long FLOAT = 4;

    private DistillMemory() {}

    /**
     * Bytes resident at the peak of a step on a CPU.
     *
     * @param images in the data set
     * @param teacher bytes of its weights, as they are in their file
     */
    public static long of(DistillRecipe recipe, int images, long teacher, LoaderOptions loader) {
        DistillOptions distill = recipe.distill();
        Precision precision = recipe.training().precision();
        long batch = loader.batchSize();
        long side = recipe.views().imageSize();
        long dim = recipe.head().embedding();
        long parameters = recipe.parameters();
        // with gradients and what the optimizer keeps, and all but the gradients once more, for the step that goes
        // wrong
        long weights = (3 + 2L * recipe.rule().moments()) * parameters;
        boolean queued = distill.loss() == DistillOptions.Loss.SEED;
        long queue = queued ? 2L * dim * distill.K() : 0;
        // similarities of both, their softmax and logarithm, and a gradient
        long logits = queued ? 7 * batch * (distill.K() + 1L) : 0;
        boolean once = recipe.teacher().teacherViews() == TeacherOptions.Views.ONCE;
        long remembered = once ? dim * images : 0;
        long activations = batch * recipe.backbone().activations(side);
        long ring = loader.depth() * batch * 3 * side * side;
        long shortened = precision.isMixed() ? precision.bytes() * parameters : 0;
        return Resident.bytes(FLOAT * (weights + queue + logits + remembered + ring)
                + precision.bytes() * activations
                + shortened
                + teacher);
    }
}
