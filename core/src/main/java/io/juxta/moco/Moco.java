package io.juxta.moco;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.ResNet;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.image.Draws;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.embedding.KeyQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Momentum Contrast (He et al., 2020, algorithm 1): a query encoder learned by gradient descent, a key encoder that
 * follows it slowly, and a queue of the latest keys as negatives.
 */
@API(status = API.Status.INTERNAL)
public final class Moco implements EncoderLearner {
    private final MocoOptions options;
    private final EncoderNetwork f_q;
    private final EncoderNetwork f_k;
    private final KeyQueue queue;
    private final Sgd optimizer;
    private final KeyShuffle shuffle;
    private final Communicator communicator;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    /** Running statistics of both encoders. */
    private final List<Tensor> statistics = new ArrayList<>();

    private final List<String> trainedNames;
    private final List<Tensor> queryParameters;
    private final List<Tensor> keyParameters;

    /** Where each key goes before the key encoder splits the batch into batch-norm groups. */
    @FunctionalInterface
    interface KeyShuffle {
        /** A permutation of 0..N-1: row j of the shuffled batch is row {@code permutation[j]} of the batch. */
        int[] permutation(long iteration, int pass, int N);
    }

    /**
     * @param f_q query encoder, with this process's part of the batch-norm groups
     * @param f_k key encoder of the same shape; takes over the query encoder's parameters
     * @param queue of the encoders' dim
     * @param tuning what of the encoders is trained, and how fast
     * @param communicator with the other processes of the run
     * @param precision of both encoders
     */
    Moco(
            MocoOptions options,
            EncoderNetwork f_q,
            EncoderNetwork f_k,
            KeyQueue queue,
            Sgd.Options sgd,
            FineTuning tuning,
            KeyShuffle shuffle,
            Communicator communicator,
            MixedPrecision precision) {
        this.options = options;
        this.precision = precision;
        this.communicator = communicator;
        this.f_q = f_q;
        this.f_k = f_k;
        this.queue = queue;
        this.shuffle = shuffle;
        TensorLists.lerp(
                new ArrayList<>(StateDict.parameters(f_k).values()),
                new ArrayList<>(StateDict.parameters(f_q).values()),
                1);
        Map<String, Tensor> trained = tuning.begin(f_q);
        trainedNames = List.copyOf(trained.keySet());
        queryParameters = new ArrayList<>(trained.values());
        keyParameters = new ArrayList<>(tuning.begin(f_k).values());
        keyParameters.forEach(parameter -> parameter.set_requires_grad(false));
        optimizer = new Sgd(queryParameters, tuning.factors(f_q, trainedNames), sgd);
        gradients = new GradientAverage(communicator, queryParameters);
        for (EncoderNetwork encoder : List.of(f_q, f_k)) {
            StateDict.of(encoder).forEach((name, tensor) -> {
                if ((name.endsWith("running_mean") || name.endsWith("running_var")) && !encoder.isFrozen(name)) {
                    statistics.add(tensor);
                }
            });
        }
        f_q.train(true);
        f_k.train(true);
    }

    /**
     * Builds MoCo on ResNets, with initial weights from libtorch's generator: seed it first.
     *
     * @param seed of the key shuffling
     */
    public static Moco create(MocoOptions options, Sgd.Options sgd, Device device, long seed) {
        return create(options, sgd, FineTuning.NONE, device, seed, Precision.FLOAT32, Communicator.single());
    }

    /**
     * Builds one process's part of MoCo: the batch-norm groups are shared by the processes in equal parts, all else each
     * of them has. A step then takes this process's part of the batch and is otherwise the same computation.
     *
     * @param tuning what of the encoders is trained, and how fast
     * @param precision of both encoders; all else is computed in float32
     * @throws IllegalArgumentException when the groups cannot be shared, or the device cannot compute so
     */
    public static Moco create(
            MocoOptions options,
            Sgd.Options sgd,
            FineTuning tuning,
            Device device,
            long seed,
            Precision precision,
            Communicator communicator) {
        int processes = communicator.size();
        if (options.bnGroups() % processes != 0) {
            throw new IllegalArgumentException("bn-groups " + options.bnGroups() + " cannot be shared by " + processes
                    + " processes: make it a multiple of " + processes);
        }
        MocoOptions mine = options.withBnGroups(options.bnGroups() / processes);
        KeyQueue queue = new KeyQueue(options.dim(), options.K());
        EncoderNetwork f_q = encoder(mine);
        EncoderNetwork f_k = encoder(mine);
        for (EncoderNetwork encoder : List.of(f_q, f_k)) {
            encoder.to(device, false);
            StateDict.channelsLast(encoder);
        }
        if (!device.is_cpu()) {
            queue = new KeyQueue(queue.keys().to(device, ScalarType.Float));
        }
        return new Moco(
                options,
                f_q,
                f_k,
                queue,
                sgd,
                tuning,
                (iteration, pass, n) ->
                        Draws.of(seed, Math.toIntExact(iteration), pass, -1).permutation(n),
                communicator,
                MixedPrecision.of(precision, device));
    }

    /** The query encoder's network as these options describe it, with fresh weights. */
    public static EncoderNetwork encoder(MocoOptions options) {
        return new ResNet(options.network(), options.head(), options.dim());
    }

    /**
     * One step.
     *
     * @return {@code loss}; {@code acc1} and {@code acc5}, contrastive accuracy in percent; {@code positive_logit} and
     *     {@code negative_logit}, means of what the loss sees, cosines divided by T; {@code grad_norm}, of all gradients
     *     together, before weight decay, 0 for a step that is left out; {@code momentum}, m in this step; {@code
     *     queue_age}, mean age of the keys in the queue in steps; what {@link MixedPrecision#tell} says. Of a symmetric
     *     loss, accuracies and logits are those of its first half
     */
    @Override
    public Map<String, Double> step(List<Tensor> views, Step step) {
        double m = options.momentumAt(step.progress());
        try (PointerScope scope = new PointerScope()) {
            moveKeyEncoder(m);
            Contrast contrast = contrast(views.get(0), views.get(1), step.iteration(), 0);
            Tensor loss = InfoNce.loss(contrast.logits);
            Tensor keys = contrast.keys;
            if (options.loss() == MocoOptions.Loss.SYMMETRIC) {
                Contrast exchanged = contrast(views.get(1), views.get(0), step.iteration(), 1);
                loss = loss.add(InfoNce.loss(exchanged.logits));
                keys = torch.cat(new TensorVector(exchanged.keys, contrast.keys), 0);
            }
            f_q.zero_grad(true);
            boolean stepped = precision.backward(gradients, loss, queryParameters);
            Tensor gradNorm = stepped ? optimizer.gradientNorm() : torch.zeros_like(loss.detach());
            if (stepped) {
                optimizer.step(step.lr());
            }
            communicator.mean(statistics);
            // after the backward pass, which still needs the queue as it was: no copy of it is ever made
            queue.enqueue(keys);

            Map<String, Tensor> figures = InfoNce.figures(contrast.logits);
            figures.put("loss", loss.detach());
            figures.put("grad_norm", gradNorm);
            Map<String, Double> means = communicator.means(figures);
            Map<String, Double> metrics = new LinkedHashMap<>();
            for (String name : List.of("loss", "acc1", "acc5", "positive_logit", "negative_logit", "grad_norm")) {
                metrics.put(name, Objects.requireNonNull(means.get(name)));
            }
            metrics.put("momentum", m);
            metrics.put("queue_age", KeyQueue.meanAge(step.iteration(), keys.size(0), queue.size()));
            precision.tell(stepped, metrics);
            return metrics;
        }
    }

    /**
     * @param logits of this process's part of the batch, (N, K + 1)
     * @param keys of the whole batch, (N * processes, dim), without gradient
     */
    private record Contrast(Tensor logits, Tensor keys) {}

    private Contrast contrast(Tensor x_q, Tensor x_k, long iteration, int pass) {
        Tensor q = torch.normalize(precision.compute(() -> f_q.forward(x_q))); // N x dim
        Tensor keys = keys(x_k, iteration, pass); // N processes x dim
        Tensor k = keys.narrow(0, communicator.rank() * q.size(0), q.size(0)); // N x dim
        return new Contrast(InfoNce.logits(q, k, queue.keys(), options.T()), keys);
    }

    /** f_k = m f_k + (1 - m) f_q, over parameters only: running statistics stay each encoder's own. */
    private void moveKeyEncoder(double m) {
        TensorLists.lerp(keyParameters, queryParameters, 1 - m);
    }

    /**
     * Keys with their batch statistics taken over other groups than the queries' (section 3.3, "Shuffling BN"): with one
     * group a permutation changes no statistic, so none is made.
     */
    private Tensor keys(Tensor x_k, long iteration, int pass) {
        try (NoGradGuard guard = new NoGradGuard()) {
            if (options.bnGroups() == 1) {
                return torch.normalize(precision.compute(() -> f_k.forward(x_k)));
            }
            int n = Math.toIntExact(x_k.size(0) * communicator.size());
            int[] order = shuffle.permutation(iteration, pass, n);
            long[] restored = new long[n];
            for (int j = 0; j < n; j++) {
                restored[order[j]] = j;
            }
            Tensor shuffled = ShuffledRows.of(communicator, x_k, order);
            Tensor k = communicator.gather(torch.normalize(precision.compute(() -> f_k.forward(shuffled))));
            return k.index_select(0, Tensor.create(restored).to(x_k.device(), ScalarType.Long));
        }
    }

    @Override
    public Map<String, Double> end() {
        return precision.end();
    }

    @Override
    public EncoderNetwork encoder() {
        return f_q;
    }

    /** The key encoder. */
    public EncoderNetwork keyEncoder() {
        return f_k;
    }

    /** The queue of keys. */
    public KeyQueue queue() {
        return queue;
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("queue", queue.keys());
        state.put("queue_ptr", Tensor.create(new long[] {queue.pointer()}));
        StateDict.of(f_q).forEach((name, tensor) -> state.put("encoder_q." + name, tensor));
        StateDict.of(f_k).forEach((name, tensor) -> state.put("encoder_k." + name, tensor));
        optimizer.state(trainedNames).forEach((name, tensor) -> state.put("sgd." + name, tensor));
        state.putAll(precision.state());
        return state;
    }

    @Override
    public void restored(Map<String, Tensor> state) {
        queue.pointer(Objects.requireNonNull(state.get("queue_ptr")).item_long());
    }

    @Override
    public void close() {
        precision.close();
        gradients.close();
        optimizer.close();
        queue.close();
        f_q.close();
        f_k.close();
    }
}
