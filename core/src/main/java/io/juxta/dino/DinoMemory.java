package io.juxta.dino;

import io.juxta.data.LoaderOptions;
import io.juxta.torch.Precision;
import io.juxta.train.Resident;
import java.util.List;
import org.apiguardian.api.API;

/** What a run will take of memory, before it starts: a sum over what must be alive at once, not a promise. */
@API(status = API.Status.INTERNAL)
public final class DinoMemory {
    private static final long FLOAT = 4;

    private DinoMemory() {}

    /** Bytes resident at the peak of a step on a CPU. */
    public static long of(DinoRecipe recipe, LoaderOptions loader) {
        Precision precision = recipe.training().precision();
        long batch = loader.batchSize();
        long parameters = recipe.parameters();
        // student with gradients and two moments, teacher, and all but the gradients once more, for the step that goes
        // wrong
        long weights = 8 * parameters;
        List<Integer> sides = recipe.crops().kinds().sides();
        long activations = 0;
        long pixels = 0;
        for (int side : sides) {
            activations += recipe.backbone().activations(side);
            pixels += 3L * side * side;
        }
        // the student's outputs, their logarithms and both gradients, and for each image the sum; the teacher's, twice
        long outputs = (4L * sides.size() + 2 + 3L * recipe.crops().cropsForTeacher())
                * recipe.dino().K();
        long shortened = precision.isMixed() ? precision.bytes() * parameters : 0;
        return Resident.bytes(FLOAT * (weights + batch * outputs + loader.depth() * batch * pixels)
                + precision.bytes() * batch * activations
                + shortened);
    }
}
