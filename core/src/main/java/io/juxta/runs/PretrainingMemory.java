package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.runs.methods.Method;
import io.juxta.train.ImageCache;
import io.juxta.train.MemoryFit;
import io.juxta.train.SystemMemory;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.util.List;
import java.util.function.IntToLongFunction;

/** Whether the memory of this machine, or of its container, suffices for a run. */
final class PretrainingMemory {
    private PretrainingMemory() {}

    /** Refuses a run that the memory of this machine, or of its container, is too small for. */
    static void require(Recipe recipe, Method method, ImageCache cache, Dataset images, Processes processes)
            throws IOException {
        if (!processes.isFirstHere()
                || processes.device(method.training().device()).is_cuda()) {
            return; // one speaks for all; a GPU's memory is its own
        }
        IntToLongFunction bytes = batch -> {
            try {
                Method other =
                        Method.of(recipe.with(List.of("batch-size=" + batch))).fitTo(images.size(), line -> {});
                return other.memory(images.size(), processes.loader(other.training()));
            } catch (IllegalArgumentException e) {
                return 0; // a batch that this recipe cannot have
            }
        };
        int batch = method.fitTo(images.size(), line -> {}).training().batchSize();
        new MemoryFit(SystemMemory.here(), processes.sizeHere())
                .require(MemoryFit.Demand.ofBatch(batch, bytes, images.isInMemory() ? 0 : cache.imageCache()));
    }
}
