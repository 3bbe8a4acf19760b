package io.juxta.train;

import io.juxta.backbone.Encoder;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A method that learns from unlabelled views of images, one step at a time. Not for use by several threads. */
public interface Learner extends AutoCloseable {
    /**
     * One step: forward, backward, update.
     *
     * @param views (N, 3, H, W) each, row n of every view from the same image; not kept
     * @return what to log, {@code loss} first
     */
    Map<String, Double> step(List<Tensor> views, Step step);

    /** The encoder that evaluations judge and that the run delivers. */
    Encoder encoder();

    /**
     * Everything that the next step depends on, by name: weights, running statistics, queues, velocities. The tensors
     * are the learner's own wherever it keeps one.
     */
    Map<String, Tensor> state();

    /**
     * Called when values have been copied into the tensors of {@link #state}: takes over what the learner keeps
     * otherwise than as a tensor.
     *
     * @param state the values, under the names of {@link #state}
     */
    void restored(Map<String, Tensor> state);

    @Override
    void close();
}
