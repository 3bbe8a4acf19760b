package io.juxta.swav;

import io.juxta.data.LoaderOptions;
import io.juxta.torch.Precision;
import io.juxta.train.Resident;
import org.apiguardian.api.API;

/** What a run will take of memory, before it starts: a sum over what must be alive at once, not a promise. */
@API(status = API.Status.INTERNAL)
public final class ClusterMemory {
    private static final long FLOAT = 4;
    private static final long LONG = 8;

    private ClusterMemory() {}

    /** Bytes resident at the peak of a step of SwAV on a CPU. */
    public static long of(SwavRecipe recipe, int images, LoaderOptions loader) {
        ClusterOptions cluster = recipe.cluster();
        long assigned = recipe.crops().cropsForAssign().size();
        long length = recipe.swav().queueLength();
        long queue = 2 * assigned * length * cluster.featDim();
        // the scores of the queue, their logarithms, and a sum of those
        long assigning = 3 * length * cluster.largest();
        return Resident.bytes(
                step(cluster, recipe.crops(), loader, recipe.training().precision()) + FLOAT * (queue + assigning));
    }

    /** Bytes resident at the peak of a step of DeepCluster-v2 on a CPU. */
    public static long of(DeepClusterRecipe recipe, int images, LoaderOptions loader) {
        ClusterOptions cluster = recipe.cluster();
        long bank = (long) recipe.crops().cropsForAssign().size() * images * cluster.featDim();
        // kept twice, as everything that a step goes wrong with
        return Resident.bytes(
                step(cluster, recipe.crops(), loader, recipe.training().precision())
                        + 2 * FLOAT * bank
                        + 2 * LONG * images * (1L + cluster.prototypes().size()));
    }

    /** Bytes of the tensors that both methods hold. */
    private static long step(ClusterOptions cluster, CropOptions crops, LoaderOptions loader, Precision precision) {
        long batch = loader.batchSize();
        // with gradients and velocities; and all but the gradients once more, for the step that goes wrong
        long weights = 5 * cluster.parameters();
        long activations = 0;
        long pixels = 0;
        for (int kind = 0; kind < crops.crops().size(); kind++) {
            long side = crops.cropSizes().get(kind);
            activations += crops.crops().get(kind) * cluster.resnet().activations(side);
            pixels += crops.crops().get(kind) * 3 * side * side;
        }
        // scores, targets, logarithms, gradient
        long scores = 4L
                * crops.count()
                * cluster.prototypes().stream().mapToInt(K -> K).sum();
        // in a shorter type than their own the weights are kept once more, for as long as a pass
        long shortened = precision.isMixed() ? precision.bytes() * cluster.parameters() : 0;
        return FLOAT * (weights + batch * scores + loader.depth() * batch * pixels)
                + precision.bytes() * batch * activations
                + shortened;
    }
}
