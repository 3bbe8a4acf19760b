package io.juxta.train;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A method that learns from images, one step at a time. Not for use by several threads. */
@API(status = API.Status.INTERNAL)
public interface Learner extends AutoCloseable {
    /** All images once, in batches, augmented as for training; for what a method must see before it learns. */
    @FunctionalInterface
    interface Pass {
        /** What is done with a batch. */
        @FunctionalInterface
        interface Each {
            /**
             * @param views as in {@link Learner#step}
             * @param images places in the data set of the batch's images
             */
            void accept(List<Tensor> views, List<Integer> images);
        }

        /** @return false when the run was asked to stop before all batches were seen */
        boolean forEach(Each each) throws IOException;
    }

    /**
     * Called before the first step of every epoch, and again when a run is resumed there: a second call must come to the
     * same as one. Most methods have nothing to do.
     *
     * @param epoch from 0
     * @param pass over the images; it costs about as much as half an epoch
     * @throws IOException when images cannot be read
     */
    default void begin(int epoch, Pass pass) throws IOException {}

    /**
     * One step: forward, backward, update.
     *
     * @param views (N, C, H, W) each, row n of every view from the same image, or one view for each domain, or what else the
     *     method's batches hold; not kept
     * @return what to log, {@code loss} first
     */
    Map<String, Double> step(List<Tensor> views, Step step);

    /**
     * Called after the last step of every epoch.
     *
     * @return what to log of the epoch besides the means of its steps; nothing for most methods
     */
    default Map<String, Double> end() {
        return Map.of();
    }

    /** The network that the run delivers. */
    Module network();

    /** What that network is called, and its file: {@code encoder} or {@code generator}. */
    String product();

    /**
     * Everything that the next step depends on, by name: weights, running statistics, queues, velocities. The tensors
     * are the learner's own wherever it keeps one.
     */
    Map<String, Tensor> state();

    /**
     * Names of that part of the state that a step which is repeated puts right itself: what a failed step leaves there
     * is no harm, and no copy of it is kept meanwhile. For what is as large as the data set.
     */
    default Set<String> repeatable() {
        return Set.of();
    }

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
