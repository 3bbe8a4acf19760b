package io.juxta.siamese;

import io.juxta.data.LoaderOptions;
import io.juxta.torch.Precision;
import io.juxta.train.Resident;
import java.util.List;
import org.apiguardian.api.API;

/** What a run will take of memory, before it starts: a sum over what must be alive at once, not a promise. */
@API(status = API.Status.INTERNAL)
public final class SiameseMemory {
    private static final long FLOAT = 4;

    private SiameseMemory() {}

    /** Bytes resident at the peak of a step on a CPU. */
    public static long of(SiameseRecipe recipe, LoaderOptions loader) {
        Precision precision = recipe.training().precision();
        long batch = loader.batchSize();
        long side = recipe.shared().views().imageSize();
        long parameters = recipe.parameters();
        // with gradients and velocities, and all but the gradients once more, for the step that goes wrong; a target
        // twice
        long weights = (recipe.hasTarget() ? 7 : 5) * parameters;
        long widths = recipe.projector().stream().mapToLong(width -> 3L * width).sum();
        long activations = 2 * batch * (recipe.shared().backbone().activations(side) + widths);
        long ring = loader.depth() * 2L * batch * 3 * side * side;
        long shortened = precision.isMixed() ? precision.bytes() * parameters : 0;
        return Resident.bytes(
                FLOAT * (weights + ring + comparing(recipe, loader)) + precision.bytes() * activations + shortened);
    }

    /** The matrices of a loss: of images by images, or of dimensions by dimensions. */
    private static long comparing(SiameseRecipe recipe, LoaderOptions loader) {
        List<Integer> projector = recipe.projector();
        long dim = projector.get(projector.size() - 1);
        long batch = loader.batchSize();
        long all = recipe.training().batchSize();
        return 4 * Math.max(4 * batch * all, recipe.comparesDimensions() ? 2 * dim * dim : 0);
    }
}
