package io.juxta.swav;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.MultiCrop;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.Larc;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Swapping assignments between views (Caron et al., 2020, section 3): crops of an image are assigned to prototypes, the
 * whole batch in equal parts, and each assignment is predicted from the other crops. Nothing is compared with another
 * image directly.
 */
@API(status = API.Status.INTERNAL)
public final class Swav implements EncoderLearner {
    private static final long[] PROTOTYPES = {1};

    private final SwavOptions options;
    private final double T;
    private final List<Integer> assigned;
    private final EncoderNetwork encoder;
    private final Prototypes prototypes;
    private final Optional<EmbeddingQueue> queue;
    private final PrototypeUsage usage;
    private final Larc optimizer;
    private final Communicator communicator;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    private final List<String> trainedNames;
    private final List<Tensor> parameters;

    /**
     * @param network encoder and prototypes
     * @param T temperature
     * @param assigned which crops have an assignment
     * @param queue of a part for each of them
     */
    Swav(
            SwavOptions options,
            ClusterNetwork network,
            double T,
            List<Integer> assigned,
            Optional<EmbeddingQueue> queue,
            Larc.Options larc,
            FineTuning tuning,
            Communicator communicator,
            MixedPrecision precision) {
        this.communicator = communicator;
        this.precision = precision;
        this.options = options;
        this.T = T;
        this.assigned = assigned;
        this.encoder = network.encoder();
        this.prototypes = network.prototypes();
        this.queue = queue;
        usage = network.prototypes().usage();
        Map<String, Tensor> trained = tuning.begin(encoder);
        trainedNames = List.copyOf(trained.keySet());
        parameters = new ArrayList<>(trained.values());
        optimizer = new Larc(parameters, tuning.factors(encoder, trainedNames), larc);
        gradients = new GradientAverage(communicator, parameters);
        BatchNorm.in(encoder).forEach(norm -> norm.synchronize(communicator));
        encoder.train(true);
    }

    /** Builds SwAV on a ResNet, with initial weights from libtorch's generator: seed it first. */
    public static Swav create(SwavRecipe recipe, Device device) {
        return create(recipe, device, Communicator.single());
    }

    /**
     * Builds one process's part of SwAV: batch norm and Sinkhorn act on the batches of all processes together, and each
     * has the whole queue. A step then takes this process's part of the batch and is otherwise the same computation.
     *
     * @throws IllegalArgumentException when the queue cannot be shared
     */
    public static Swav create(SwavRecipe recipe, Device device, Communicator communicator) {
        ClusterOptions cluster = recipe.cluster();
        SwavOptions options = recipe.swav();
        if (options.queueLength() % communicator.size() != 0) {
            throw new IllegalArgumentException("queue-length " + options.queueLength() + " cannot be shared by "
                    + communicator.size() + " processes: make it a multiple of " + communicator.size());
        }
        ClusterNetwork network = cluster.network();
        network.encoder().to(device, false);
        StateDict.channelsLast(network.encoder());
        List<Integer> assigned = recipe.crops().cropsForAssign();
        Optional<EmbeddingQueue> queue = options.queueLength() == 0
                ? Optional.empty()
                : Optional.of(new EmbeddingQueue(torch.zeros(assigned.size(), options.queueLength(), cluster.featDim())
                        .to(device, ScalarType.Float)));
        return new Swav(
                options,
                network,
                cluster.T(),
                assigned,
                queue,
                recipe.larc(),
                recipe.tuning(),
                communicator,
                MixedPrecision.of(recipe.training().precision(), device));
    }

    @Override
    public void begin(int epoch, Pass pass) {
        usage.reset();
    }

    /**
     * One step.
     *
     * @return {@code loss}; {@code agreement}, in percent of the predictions those whose likeliest prototype is the
     *     assignment's, of the first head; {@code sharpness}, the largest share that an assignment gives to a prototype,
     *     in the mean, from 1 / K to 1; {@code grad_norm}, of all gradients together, before decay and trust,
     *     0 for a step that is left out; what {@link MixedPrecision#tell} says
     */
    @Override
    public Map<String, Double> step(List<Tensor> crops, Step step) {
        try (PointerScope scope = new PointerScope()) {
            prototypes.normalize();
            prototypes.freeze(step.iteration() < options.freezePrototypes());
            Tensor z = torch.normalize(precision.compute(() -> MultiCrop.forward(encoder, crops))); // V N x dim
            Tensor detached = z.detach();
            long N = z.size(0) / crops.size();
            boolean queueing = queue.isPresent() && step.epoch() >= options.epochQueueStarts();

            Tensor loss = torch.zeros_like(z.select(0, 0).select(0, 0));
            Tensor agreement = loss;
            Tensor sharpness = loss;
            for (int head = 0; head < prototypes.heads(); head++) {
                Tensor scores = prototypes.scores(head, z); // V N x K
                Map<Integer, Tensor> codes = new LinkedHashMap<>();
                for (int a = 0; a < assigned.size(); a++) {
                    Tensor code = codes(scores.detach(), head, a, N, queueing); // N x K
                    codes.put(assigned.get(a), code);
                    sharpness = sharpness.add(code.amax(PROTOTYPES, false).mean());
                    usage.count(head, scores.detach().narrow(0, assigned.get(a) * N, N), communicator);
                }
                loss = loss.add(SwappedPrediction.loss(scores, codes, T));
                agreement = head == 0 ? agreement(scores.detach(), codes) : agreement;
            }
            loss = loss.div(new Scalar(prototypes.heads()));
            if (queueing) {
                for (int a = 0; a < assigned.size(); a++) {
                    queue.orElseThrow().push(a, communicator.gather(detached.narrow(0, assigned.get(a) * N, N)));
                }
            }
            encoder.zero_grad(true);
            boolean stepped = precision.backward(gradients, loss, parameters);
            Tensor gradNorm = stepped ? optimizer.gradientNorm() : torch.zeros_like(loss.detach());
            if (stepped) {
                optimizer.step(step.lr());
            }
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put("loss", loss.detach());
            figures.put("agreement", agreement);
            figures.put("sharpness", sharpness.div(new Scalar(assigned.size() * prototypes.heads())));
            figures.put("grad_norm", gradNorm);
            Map<String, Double> metrics = communicator.means(figures);
            precision.tell(stepped, metrics);
            return metrics;
        }
    }

    /** Which prototypes the a-th assigned crop belongs to, among all of the batch and, once full, of the queue: N x K. */
    private Tensor codes(Tensor scores, int head, int a, long N, boolean queueing) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor mine = scores.narrow(0, assigned.get(a) * N, N); // N x K
            if (!queueing || !queue.orElseThrow().isFull(a)) {
                return assign(mine, N);
            }
            // of the queue, which all have, each process takes its part into account
            long share = queue.orElseThrow().length() / communicator.size();
            Tensor part = queue.orElseThrow().of(a).narrow(0, communicator.rank() * share, share);
            Tensor older = prototypes.scores(head, part); // L / processes x K
            Tensor all = torch.cat(new TensorVector(older, mine), 0);
            return assign(all, share + N).narrow(0, share, N);
        }
    }

    private Tensor assign(Tensor scores, long samples) {
        return Sinkhorn.assign(
                scores, options.epsilon(), options.sinkhornIterations(), communicator, samples * communicator.size());
    }

    /** How often the likeliest prototype of a crop is that of the other crops' assignments. */
    private static Tensor agreement(Tensor scores, Map<Integer, Tensor> codes) {
        TensorVector predictions = new TensorVector();
        TensorVector targets = new TensorVector();
        codes.forEach((crop, code) -> {
            long N = code.size(0);
            Tensor target = code.argmax(new LongOptional(1), false); // N
            for (int v = 0; v < scores.size(0) / N; v++) {
                if (v != crop) {
                    predictions.push_back(scores.narrow(0, v * N, N));
                    targets.push_back(target);
                }
            }
        });
        return ClusterFigures.agreement(torch.cat(predictions, 0), torch.cat(targets, 0));
    }

    /** {@code prototype_entropy} and {@code dead_prototypes}, of the crops that have an assignment. */
    @Override
    public Map<String, Double> end() {
        Map<String, Double> figures = new LinkedHashMap<>(usage.figures());
        figures.putAll(precision.end());
        return figures;
    }

    /** The network, prototypes included. */
    @Override
    public EncoderNetwork encoder() {
        return encoder;
    }

    /** The prototypes, as the last step left them: not quite of length 1. */
    public Prototypes prototypes() {
        return prototypes;
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        queue.ifPresent(embeddings -> state.put("queue", embeddings.rows()));
        state.put("usage", usage.counts());
        StateDict.of(encoder).forEach((name, tensor) -> state.put("encoder." + name, tensor));
        optimizer.state(trainedNames).forEach((name, tensor) -> state.put("larc." + name, tensor));
        state.putAll(precision.state());
        return state;
    }

    /** Nothing: all of the state is tensors. */
    @Override
    public void restored(Map<String, Tensor> state) {}

    @Override
    public void close() {
        precision.close();
        gradients.close();
        optimizer.close();
        queue.ifPresent(EmbeddingQueue::close);
        usage.close();
        encoder.close();
    }
}
