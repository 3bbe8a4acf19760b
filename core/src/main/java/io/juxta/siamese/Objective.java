package io.juxta.siamese;

import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** What a method minimises. */
interface Objective {
    /**
     * The loss of this process's part of a batch; the mean over the processes is that of the batch.
     *
     * @param q predictions, or embeddings where there is no predictor, with gradient
     * @param k what they are compared with where a method has a target or a predictor, without gradient
     * @return {@code loss}, and scalars besides that are worth a look, in the caller's scope
     */
    Map<String, Tensor> of(TwoViews q, TwoViews k);

    /** What the loss keeps from step to step; part of the run's state. */
    default Optional<Module> module() {
        return Optional.empty();
    }
}
