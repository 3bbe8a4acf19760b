package io.juxta.moco;

import io.juxta.backbone.Encoder;
import io.juxta.backbone.ResNet;
import io.juxta.image.Draws;
import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import io.juxta.train.EncoderLearner;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Momentum Contrast (He et al. 2020, algorithm 1): a query encoder learned by gradient descent, a key encoder that
 * follows it slowly, and a queue of the latest keys as negatives.
 */
public final class Moco implements EncoderLearner {
    private final MocoOptions options;
    private final Encoder f_q;
    private final Encoder f_k;
    private final KeyQueue queue;
    private final Sgd optimizer;
    private final KeyShuffle shuffle;
    private final List<Tensor> queryParameters;
    private final List<Tensor> keyParameters;

    /** Where each key goes before the key encoder splits the batch into batch-norm groups. */
    @FunctionalInterface
    interface KeyShuffle {
        /** A permutation of 0..N-1: row j of the shuffled batch is row {@code permutation[j]} of the batch. */
        int[] permutation(long iteration, int pass, int N);
    }

    /**
     * @param f_q query encoder
     * @param f_k key encoder of the same shape; takes over the query encoder's parameters
     * @param queue of the encoders' dim
     */
    Moco(MocoOptions options, Encoder f_q, Encoder f_k, KeyQueue queue, Sgd.Options sgd, KeyShuffle shuffle) {
        this.options = options;
        this.f_q = f_q;
        this.f_k = f_k;
        this.queue = queue;
        this.shuffle = shuffle;
        queryParameters = new ArrayList<>(StateDict.parameters(f_q).values());
        keyParameters = new ArrayList<>(StateDict.parameters(f_k).values());
        TensorLists.lerp(keyParameters, queryParameters, 1);
        keyParameters.forEach(parameter -> parameter.set_requires_grad(false));
        optimizer = new Sgd(queryParameters, sgd);
        f_q.train(true);
        f_k.train(true);
    }

    /**
     * Builds MoCo on ResNets, with initial weights from libtorch's generator: seed it first.
     *
     * @param seed of the key shuffling
     */
    public static Moco create(MocoOptions options, Sgd.Options sgd, Device device, long seed) {
        KeyQueue queue = new KeyQueue(options.dim(), options.K());
        Encoder f_q = encoder(options);
        Encoder f_k = encoder(options);
        for (Encoder encoder : List.of(f_q, f_k)) {
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
                (iteration, pass, n) ->
                        Draws.of(seed, Math.toIntExact(iteration), pass, -1).permutation(n));
    }

    /** The query encoder's network as these options describe it, with fresh weights. */
    public static Encoder encoder(MocoOptions options) {
        return new ResNet(options.network(), options.head(), options.dim());
    }

    /**
     * One step.
     *
     * @return {@code loss}; {@code acc1} and {@code acc5}, contrastive accuracy in percent; {@code positive_logit} and
     *     {@code negative_logit}, means of what the loss sees, cosines divided by T; {@code grad_norm}, of all gradients
     *     together, before weight decay; {@code momentum}, m in this step; {@code queue_age}, mean age of the keys in
     *     the queue in steps. Of a symmetric loss, accuracies and logits are those of its first half
     */
    @Override
    public Map<String, Double> step(List<Tensor> views, Step step) {
        double m = options.momentumAt(step.progress());
        try (PointerScope scope = new PointerScope()) {
            moveKeyEncoder(m);
            Contrast contrast = contrast(views.get(0), views.get(1), step.iteration(), 0);
            Tensor loss = InfoNce.loss(contrast.logits);
            Tensor keys = contrast.k;
            if (options.loss() == MocoOptions.Loss.SYMMETRIC) {
                Contrast exchanged = contrast(views.get(1), views.get(0), step.iteration(), 1);
                loss = loss.add(InfoNce.loss(exchanged.logits));
                keys = torch.cat(new TensorVector(exchanged.k, contrast.k), 0);
            }
            f_q.zero_grad(true);
            loss.backward();
            Tensor gradNorm = optimizer.gradientNorm();
            optimizer.step(step.lr());
            // after the backward pass, which still needs the queue as it was: no copy of it is ever made
            queue.enqueue(keys);

            double[] figures = figures(loss, contrast.logits, gradNorm);
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("loss", figures[0]);
            metrics.put("acc1", 100 * figures[1]);
            metrics.put("acc5", 100 * figures[2]);
            metrics.put("positive_logit", figures[3]);
            metrics.put("negative_logit", figures[4]);
            metrics.put("grad_norm", figures[5]);
            metrics.put("momentum", m);
            metrics.put("queue_age", KeyQueue.meanAge(step.iteration(), keys.size(0), queue.size()));
            return metrics;
        }
    }

    /** Brings all figures of a step from the device in one copy: each would wait for all that was asked before it. */
    private static double[] figures(Tensor loss, Tensor logits, Tensor gradNorm) {
        TensorVector scalars = new TensorVector(loss.detach().to(ScalarType.Double));
        InfoNce.figures(logits).forEach(scalars::push_back);
        scalars.push_back(gradNorm.to(ScalarType.Double));
        double[] figures = new double[(int) scalars.size()];
        torch.stack(scalars).cpu().data_ptr_double().get(figures);
        return figures;
    }

    /**
     * @param logits (N, K + 1)
     * @param k (N, dim), without gradient
     */
    private record Contrast(Tensor logits, Tensor k) {}

    private Contrast contrast(Tensor x_q, Tensor x_k, long iteration, int pass) {
        Tensor q = torch.normalize(f_q.forward(x_q)); // N x dim
        Tensor k = keys(x_k, iteration, pass); // N x dim
        return new Contrast(InfoNce.logits(q, k, queue.keys(), options.T()), k);
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
                return torch.normalize(f_k.forward(x_k));
            }
            int n = Math.toIntExact(x_k.size(0));
            int[] order = shuffle.permutation(iteration, pass, n);
            long[] shuffled = new long[n];
            long[] restored = new long[n];
            for (int j = 0; j < n; j++) {
                shuffled[j] = order[j];
                restored[order[j]] = j;
            }
            Tensor k = torch.normalize(f_k.forward(x_k.index_select(0, indices(shuffled, x_k))));
            return k.index_select(0, indices(restored, x_k));
        }
    }

    private static Tensor indices(long[] values, Tensor on) {
        return Tensor.create(values).to(on.device(), ScalarType.Long);
    }

    @Override
    public Encoder encoder() {
        return f_q;
    }

    /** The key encoder. */
    public Encoder keyEncoder() {
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
        optimizer.state(StateDict.parameters(f_q).keySet()).forEach((name, tensor) -> state.put("sgd." + name, tensor));
        return state;
    }

    @Override
    public void restored(Map<String, Tensor> state) {
        queue.pointer(Objects.requireNonNull(state.get("queue_ptr")).item_long());
    }

    @Override
    public void close() {
        optimizer.close();
        queue.close();
        f_q.close();
        f_k.close();
    }
}
