package io.juxta.train;

import io.juxta.data.Batch;
import io.juxta.data.Loader;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The loop: epochs of steps, each epoch judged and saved. It owns neither learner nor loader. */
public final class Training {
    private final TrainingOptions options;
    private final LearningRate learningRate;
    private final Learner learner;
    private final Loader loader;
    private final Device device;
    private final int views;

    /** Told what happens, in the thread of the loop. */
    public interface Listener {
        /**
         * After every step.
         *
         * @param metrics of this step, {@code loss} first
         */
        default void step(int epoch, int batch, double lr, Map<String, Double> metrics) throws IOException {}

        /**
         * After every epoch, in the order in which listeners were given.
         *
         * @param metrics means over the epoch's steps, and its speed; what is put here, later listeners see
         */
        default void epoch(int epoch, Map<String, Double> metrics) throws IOException {}
    }

    /** @param views how many views of an image the loader makes */
    public Training(
            TrainingOptions options,
            LearningRate learningRate,
            Learner learner,
            Loader loader,
            int views,
            Device device) {
        this.options = options;
        this.learningRate = learningRate;
        this.learner = learner;
        this.loader = loader;
        this.views = views;
        this.device = device;
    }

    /**
     * Trains until the last epoch, or until asked to stop.
     *
     * @param firstEpoch 0, or the number of epochs a checkpoint has behind it
     * @param stop asked after every step
     * @return whether the last epoch was reached
     * @throws DivergedException when the loss, or after an epoch a weight, is not a number
     * @throws IOException when images cannot be read, or a listener cannot write
     */
    public boolean run(int firstEpoch, List<Listener> listeners, BooleanSupplier stop) throws IOException {
        for (int epoch = firstEpoch; epoch < options.epochs(); epoch++) {
            Means means = new Means();
            long started = System.nanoTime();
            long waited = loader.waitNanos();
            long images = 0;
            Loader.Epoch batches = loader.epoch(epoch);
            while (batches.hasNext()) {
                if (stop.getAsBoolean()) {
                    return false;
                }
                try (Batch batch = batches.next()) {
                    double lr = learningRate.at(epoch, batch.number(), loader.batches(), options.epochs());
                    Map<String, Double> metrics = step(epoch, batch, lr);
                    means.add(metrics);
                    images += batch.size();
                    for (Listener listener : listeners) {
                        listener.step(epoch, batch.number(), lr, metrics);
                    }
                }
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            requireFiniteWeights(epoch);
            Map<String, Double> metrics = means.get();
            metrics.put("lr", learningRate.at(epoch, 0, loader.batches(), options.epochs()));
            metrics.put("seconds", seconds);
            metrics.put("images_per_second", images / seconds);
            metrics.put("waiting_share", (loader.waitNanos() - waited) / 1e9 / seconds);
            for (Listener listener : listeners) {
                listener.epoch(epoch, metrics);
            }
        }
        return true;
    }

    private Map<String, Double> step(int epoch, Batch batch, double lr) throws DivergedException {
        long iteration = (long) epoch * loader.batches() + batch.number();
        Step step = new Step(iteration, (long) options.epochs() * loader.batches(), lr);
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> tensors = new ArrayList<>();
            for (int view = 0; view < views; view++) {
                Tensor tensor = batch.view(view);
                tensors.add(device.is_cpu() ? tensor : tensor.to(device, ScalarType.Float));
            }
            Map<String, Double> metrics = learner.step(tensors, step);
            double loss = metrics.getOrDefault("loss", Double.NaN);
            if (!Double.isFinite(loss)) {
                throw new DivergedException("the loss is " + loss + " in epoch " + (epoch + 1) + ", step "
                        + (batch.number() + 1) + " (lr " + lr + "): lower lr, or set warmup-epochs");
            }
            return metrics;
        }
    }

    /** The last step's update shows in no loss of its epoch, and must not get into a checkpoint. */
    private void requireFiniteWeights(int epoch) throws DivergedException {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Map.Entry<String, Tensor> named :
                    StateDict.of(learner.encoder()).entrySet()) {
                if (!named.getValue().isfinite().all().item_bool()) {
                    throw new DivergedException("the weights " + named.getKey() + " are not finite after epoch "
                            + (epoch + 1) + ": lower lr, or set warmup-epochs");
                }
            }
        }
    }

    /** The loss or a weight is no number any more; the message names the step and what to change. The last checkpoint is older. */
    public static final class DivergedException extends IOException {
        private static final long serialVersionUID = 1;

        DivergedException(String message) {
            super(message);
        }
    }

    private static final class Means {
        private final Map<String, Double> sums = new LinkedHashMap<>();
        private int count;

        void add(Map<String, Double> metrics) {
            metrics.forEach((name, value) -> sums.merge(name, value, Double::sum));
            count++;
        }

        Map<String, Double> get() {
            Map<String, Double> means = new LinkedHashMap<>();
            sums.forEach((name, sum) -> means.put(name, sum / count));
            return means;
        }
    }
}
