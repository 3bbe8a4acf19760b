package io.juxta.train;

import io.juxta.data.BatchSource;
import io.juxta.torch.Computing;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The loop: epochs of steps, each epoch judged and saved. It owns neither learner nor loader. */
@API(status = API.Status.INTERNAL)
public final class Training {
    /** The epoch whose draws a pass before the first one takes. */
    private static final int BEFORE_ALL = -1;

    private final TrainingOptions options;
    private final Schedule learningRate;
    private final Learner learner;
    private final BatchSource loader;
    private final Device device;
    private final int views;

    /** Told what happens, in the thread of the loop. */
    public interface Listener {
        /**
         * After every step.
         *
         * @param after where the run now stands
         * @param metrics of this step, {@code loss} first
         */
        default void step(Position after, double lr, Map<String, Double> metrics) throws IOException {}

        /**
         * After every epoch, in the order in which listeners were given.
         *
         * @param epoch from 0
         * @param metrics means over the epoch's steps, and its speed; what is put here, later listeners see
         */
        default void epoch(int epoch, Map<String, Double> metrics) throws IOException {}

        /**
         * When the run ends before its last epoch: it was asked to stop, or a step went wrong and the learner was given
         * back the state before it.
         *
         * @param at where the run stands
         */
        default void stopped(Position at) throws IOException {}
    }

    /** @param views how many views of an image the loader makes */
    public Training(
            TrainingOptions options,
            Schedule learningRate,
            Learner learner,
            BatchSource loader,
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
     * @param from where to begin: {@link Position#START}, or a checkpoint's
     * @param stop asked after every step
     * @return whether the last epoch was reached
     * @throws DivergedException when a metric is not a number, or a weight is none after the last step of an epoch; the
     *     learner then has the state before that step
     * @throws IOException when images cannot be read, or a listener cannot write
     * @throws Computing.EndingException when the JVM is ending: no step is begun then, the one at hand is finished
     */
    public boolean run(Position from, List<Listener> listeners, BooleanSupplier stop) throws IOException {
        Position at = from;
        try (LastGood lastGood = new LastGood(learner)) {
            while (at.epoch() < options.epochs()) {
                at = steps(at, lastGood, listeners, stop);
                if (at.batch() < loader.batches() || stop.getAsBoolean()) {
                    return stopped(at, listeners);
                }
                Map<String, Double> metrics = metrics(at);
                at = Position.afterEpochs(at.epoch() + 1);
                for (Listener listener : listeners) {
                    try (Computing computing = Computing.begin()) {
                        listener.epoch(at.epoch() - 1, metrics);
                    }
                }
            }
            return true;
        }
    }

    private static boolean stopped(Position at, List<Listener> listeners) throws IOException {
        for (Listener listener : listeners) {
            listener.stopped(at);
        }
        return false;
    }

    private Position steps(Position from, LastGood lastGood, List<Listener> listeners, BooleanSupplier stop)
            throws IOException {
        Position at = from;
        if (at.batch() == 0) {
            learner.begin(at.epoch(), each -> pass(each, stop));
        }
        BatchSource.Epoch batches = loader.epoch(at.epoch(), at.batch());
        while (batches.hasNext() && !stop.getAsBoolean()) {
            long started = System.nanoTime();
            long waited = loader.waitNanos();
            try (BatchSource.Views batch = batches.next();
                    Computing computing = Computing.begin()) {
                double lr = learningRate.at(at.epoch(), at.batch(), loader.batches(), options.epochs());
                lastGood.keep();
                Map<String, Double> metrics = step(at, batch, lr);
                String wrong = notFinite(metrics);
                if (metrics.getOrDefault(MixedPrecision.LOSS_SCALE, 1.0) < 1) {
                    wrong = "gradients overflow float16 even at a loss scale of 1";
                }
                if (wrong.isEmpty() && at.batch() + 1 == loader.batches()) {
                    wrong = notFiniteWeights();
                }
                if (!wrong.isEmpty()) {
                    lastGood.restore();
                    stopped(at, listeners);
                    throw new DivergedException(wrong + " in epoch " + (at.epoch() + 1) + ", step " + (at.batch() + 1)
                            + " (lr " + lr + "): lower lr, or set warmup-epochs"
                            + (metrics.containsKey(MixedPrecision.LOSS_SCALE) ? ", or take precision bfloat16" : ""));
                }
                at = at.after(metrics, (System.nanoTime() - started) / 1e9, (loader.waitNanos() - waited) / 1e9);
                for (Listener listener : listeners) {
                    listener.step(at, lr, metrics);
                }
            }
        }
        return at;
    }

    private Map<String, Double> step(Position at, BatchSource.Views batch, double lr) {
        long iteration = (long) at.epoch() * loader.batches() + at.batch();
        long iterations = (long) options.epochs() * loader.batches();
        try (PointerScope scope = new PointerScope()) {
            return learner.step(tensors(batch), new Step(at.epoch(), iteration, iterations, lr, images(batch)));
        }
    }

    private boolean pass(Learner.Pass.Each each, BooleanSupplier stop) throws IOException {
        BatchSource.Epoch batches = loader.epoch(BEFORE_ALL);
        while (batches.hasNext() && !stop.getAsBoolean()) {
            try (BatchSource.Views batch = batches.next();
                    Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope()) {
                each.accept(tensors(batch), images(batch));
            }
        }
        return !batches.hasNext();
    }

    private List<Tensor> tensors(BatchSource.Views batch) {
        List<Tensor> tensors = new ArrayList<>();
        for (int view = 0; view < views; view++) {
            Tensor tensor = batch.view(view);
            tensors.add(device.is_cpu() ? tensor : tensor.to(device, ScalarType.Float));
        }
        return tensors;
    }

    private static List<Integer> images(BatchSource.Views batch) {
        return Arrays.stream(batch.indices()).boxed().toList();
    }

    /** The first metric that is no number, as the beginning of a message; empty where all are. */
    private static String notFinite(Map<String, Double> metrics) {
        return metrics.entrySet().stream()
                .filter(metric -> !Double.isFinite(metric.getValue()))
                .findFirst()
                .map(metric -> "the " + metric.getKey().replace('_', ' ') + " is " + metric.getValue())
                .orElse("");
    }

    private Map<String, Double> metrics(Position at) {
        Map<String, Double> metrics = at.means();
        metrics.putAll(learner.end());
        double images = (double) at.batch() * options.batchSize();
        metrics.put("lr", learningRate.at(at.epoch(), 0, loader.batches(), options.epochs()));
        metrics.put("seconds", at.seconds());
        metrics.put("images_per_second", images / at.seconds());
        metrics.put("waiting_share", at.waited() / at.seconds());
        return metrics;
    }

    /**
     * The first weights that are not finite, as the beginning of a message; empty where all are. An epoch's last update
     * shows in no loss of it, and must not get into a checkpoint.
     */
    private String notFiniteWeights() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return StateDict.of(learner.network()).entrySet().stream()
                    .filter(named -> !named.getValue().isfinite().all().item_bool())
                    .findFirst()
                    .map(named -> "the weights " + named.getKey() + " are not finite")
                    .orElse("");
        }
    }
}
