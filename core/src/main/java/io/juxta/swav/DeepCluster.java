package io.juxta.swav;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.MultiCrop;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.image.Draws;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.Larc;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.embedding.SphericalKMeans;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.Reduction;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * DeepCluster-v2 (Caron et al., 2020, section 4.1 and appendix): before every epoch the embeddings of the epoch before
 * are clustered, by cosine, once for each head; the centroids become the head's prototypes, and every crop of an image
 * must then be recognised as belonging to the image's cluster.
 */
@API(status = API.Status.INTERNAL)
public final class DeepCluster implements EncoderLearner {
    /** The cluster of an image that the epoch before did not see: it gives no loss. */
    static final long UNSEEN = -100;

    private final DeepClusterOptions options;
    private final double T;
    private final List<Integer> assigned;
    private final EncoderNetwork encoder;
    private final Prototypes prototypes;
    private final MemoryBank memory;
    private final Tensor assignments;
    private final Beginning beginning;
    private final PrototypeUsage usage;
    private final Larc optimizer;
    private final Communicator communicator;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    private final List<String> trainedNames;
    private final List<Tensor> parameters;
    private boolean remembers;

    /** Which visits of the memory the centroids of a head begin at. */
    @FunctionalInterface
    interface Beginning {
        /** @return rows of the bank, at least as many as the head has prototypes */
        int[] rows(int epoch, int head, int rows);
    }

    /**
     * @param network encoder and prototypes
     * @param T temperature
     * @param assigned which crops are remembered
     * @param memory a part for each of them
     * @param images in the data set
     */
    DeepCluster(
            DeepClusterOptions options,
            ClusterNetwork network,
            double T,
            List<Integer> assigned,
            MemoryBank memory,
            long images,
            Larc.Options larc,
            FineTuning tuning,
            Beginning beginning,
            Communicator communicator,
            MixedPrecision precision) {
        this.communicator = communicator;
        this.precision = precision;
        this.options = options;
        this.T = T;
        this.assigned = assigned;
        this.encoder = network.encoder();
        this.prototypes = network.prototypes();
        this.memory = memory;
        this.beginning = beginning;
        assignments = torch.full(new long[] {prototypes.heads(), images}, new Scalar((double) UNSEEN))
                .to(memory.embeddings().device(), ScalarType.Long);
        prototypes.freeze(true);
        usage = prototypes.usage();
        Map<String, Tensor> trained = tuning.begin(encoder);
        trainedNames = List.copyOf(trained.keySet());
        parameters = new ArrayList<>(trained.values());
        optimizer = new Larc(parameters, tuning.factors(encoder, trainedNames), larc);
        gradients = new GradientAverage(communicator, parameters);
        BatchNorm.in(encoder).forEach(norm -> norm.synchronize(communicator));
        encoder.train(true);
    }

    /**
     * Builds DeepCluster-v2 on a ResNet, with initial weights from libtorch's generator: seed it first.
     *
     * @param images in the data set
     */
    public static DeepCluster create(DeepClusterRecipe recipe, int images, Device device) {
        return create(recipe, images, device, Communicator.single());
    }

    /**
     * Builds one process's part of DeepCluster-v2: batch norm acts on the batches of all processes together; each has the
     * whole memory, and clusters a part of it.
     *
     * @throws IllegalArgumentException when the batches cannot be shared
     */
    public static DeepCluster create(DeepClusterRecipe recipe, int images, Device device, Communicator communicator) {
        ClusterOptions cluster = recipe.cluster();
        ClusterNetwork network = cluster.network();
        network.encoder().to(device, false);
        StateDict.channelsLast(network.encoder());
        List<Integer> assigned = recipe.crops().cropsForAssign();
        int batch = recipe.training().batchSize();
        long seed = recipe.training().seed();
        long rows = (long) images / batch * batch;
        MemoryBank memory = new MemoryBank(
                torch.zeros(assigned.size(), rows, cluster.featDim()).to(device, ScalarType.Float),
                torch.zeros(rows).to(device, ScalarType.Long));
        return new DeepCluster(
                recipe.deepCluster(),
                network,
                cluster.T(),
                assigned,
                memory,
                images,
                recipe.larc(),
                recipe.tuning(),
                (epoch, head, n) -> Draws.of(seed, epoch, head, -1).permutation(n),
                communicator,
                MixedPrecision.of(recipe.training().precision(), device));
    }

    /** Embeds all images once if nothing is remembered yet, and clusters what is. */
    @Override
    public void begin(int epoch, Pass pass) throws IOException {
        usage.reset();
        if (!remembers) {
            AtomicLong row = new AtomicLong();
            boolean whole = pass.forEach((views, images) ->
                    remember(row.getAndAdd((long) images.size() * communicator.size()), views, images));
            if (!whole) {
                return;
            }
            remembers = true;
        }
        for (int head = 0; head < prototypes.heads(); head++) {
            cluster(epoch, head);
        }
    }

    /** In training mode, as the original: the running statistics of batch norm take part. */
    private void remember(long row, List<Tensor> views, List<Integer> images) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            List<Tensor> embeddings = new ArrayList<>();
            for (int crop : assigned) {
                embeddings.add(torch.normalize(precision.compute(() -> encoder.forward(views.get(crop))))); // N x dim
            }
            write(row, images, embeddings);
        }
    }

    /** Writes what all processes have embedded of a batch. */
    private void write(long row, List<Integer> images, List<Tensor> embeddings) {
        long[] mine = images.stream().mapToLong(image -> image).toArray();
        Tensor everybodys =
                communicator.gather(Tensor.create(mine).to(memory.images().device(), ScalarType.Long));
        memory.write(
                row, everybodys, embeddings.stream().map(communicator::gather).toList());
    }

    private void cluster(int epoch, int head) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor points = memory.embeddings().select(0, head % memory.crops()); // R x dim
            long K = prototypes.weight(head).size(0);
            int[] order = beginning.rows(epoch, head, Math.toIntExact(memory.rows()));
            long[] first = new long[Math.toIntExact(K)];
            for (int k = 0; k < K; k++) {
                first[k] = order[k];
            }
            Tensor centroids =
                    points.index_select(0, Tensor.create(first).to(points.device(), ScalarType.Long)); // K x dim
            long share = memory.rows() / communicator.size();
            Tensor part = points.narrow(0, communicator.rank() * share, share);
            Tensor places = SphericalKMeans.places(share, points);
            SphericalKMeans.run(part, centroids, places, options.kmeansIterations(), communicator);
            Tensor clusters = communicator.gather(places); // R
            prototypes.replace(head, centroids);
            Tensor mine = assignments.select(0, head);
            mine.fill_(new Scalar((double) UNSEEN));
            mine.index_copy_(0, memory.images(), clusters);
        }
    }

    /**
     * One step.
     *
     * @return {@code loss}; {@code agreement}, in percent of the crops those whose likeliest prototype is their
     *     cluster's, of the first head; {@code grad_norm}, of all gradients together, before decay and trust,
     *     0 for a step that is left out; what {@link MixedPrecision#tell} says
     */
    @Override
    public Map<String, Double> step(List<Tensor> crops, Step step) {
        try (PointerScope scope = new PointerScope()) {
            Tensor z = torch.normalize(precision.compute(() -> MultiCrop.forward(encoder, crops))); // V N x dim
            long N = z.size(0) / crops.size();
            long[] places = step.images().stream().mapToLong(place -> place).toArray();
            Tensor images = Tensor.create(places).to(z.device(), ScalarType.Long);
            Tensor loss = torch.zeros_like(z.detach().select(0, 0).select(0, 0));
            Tensor agreement = loss;
            for (int head = 0; head < prototypes.heads(); head++) {
                Tensor scores = prototypes.scores(head, z); // V N x K
                for (int crop : assigned) {
                    usage.count(head, scores.detach().narrow(0, crop * N, N), communicator);
                }
                Tensor targets =
                        assignments.select(0, head).index_select(0, images).repeat(crops.size()); // V N
                loss = loss.add(loss(scores, targets, T, communicator));
                agreement = head == 0 ? ClusterFigures.agreement(scores.detach(), targets) : agreement;
            }
            loss = loss.div(new Scalar(prototypes.heads()));
            encoder.zero_grad(true);
            boolean stepped = precision.backward(gradients, loss, parameters);
            Tensor gradNorm = stepped ? optimizer.gradientNorm() : torch.zeros_like(loss.detach());
            if (stepped) {
                optimizer.step(step.lr());
            }
            remember(step, z.detach(), N);
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put("loss", loss.detach());
            figures.put("agreement", agreement);
            figures.put("grad_norm", gradNorm);
            Map<String, Double> metrics = communicator.means(figures);
            precision.tell(stepped, metrics);
            return metrics;
        }
    }

    /** The mean cross-entropy of those that have a cluster; 0 where none has. */
    static Tensor loss(Tensor scores, Tensor targets, double T) {
        return loss(scores, targets, T, Communicator.single());
    }

    /** The same over several processes: the mean of what they return is the mean of those that have a cluster anywhere. */
    private static Tensor loss(Tensor scores, Tensor targets, double T, Communicator communicator) {
        Tensor seen = targets.ne(new Scalar((double) UNSEEN)).sum();
        communicator.sum(seen);
        seen = seen.clamp_min(new Scalar(1)).to(scores.scalar_type()).div(new Scalar((double) communicator.size()));
        return torch.cross_entropy_loss(
                        scores.div(new Scalar(T)), targets, new TensorOptional(), Reduction.Sum.value, UNSEEN, 0)
                .div(seen);
    }

    private void remember(Step step, Tensor z, long N) {
        List<Tensor> embeddings = new ArrayList<>();
        for (int crop : assigned) {
            embeddings.add(z.narrow(0, crop * N, N));
        }
        write(step.iteration() * N * communicator.size() % memory.rows(), step.images(), embeddings);
    }

    /** {@code prototype_entropy} and {@code dead_prototypes}, of the crops that are remembered. */
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

    /** (heads, images) of int64: the cluster of each image, -100 where the epoch before did not see it. */
    public Tensor assignments() {
        return assignments;
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("memory", memory.embeddings());
        state.put("memory_images", memory.images());
        state.put("memory_filled", Tensor.create(new long[] {remembers ? 1 : 0}));
        state.put("assignments", assignments);
        state.put("usage", usage.counts());
        StateDict.of(encoder).forEach((name, tensor) -> state.put("encoder." + name, tensor));
        optimizer.state(trainedNames).forEach((name, tensor) -> state.put("larc." + name, tensor));
        state.putAll(precision.state());
        return state;
    }

    /** A step writes the memory's rows of its own images, and leaves the assignments as they are. */
    @Override
    public Set<String> repeatable() {
        return Set.of("memory", "memory_images", "assignments");
    }

    @Override
    public void restored(Map<String, Tensor> state) {
        remembers = Objects.requireNonNull(state.get("memory_filled")).item_long() != 0;
    }

    @Override
    public void close() {
        precision.close();
        gradients.close();
        optimizer.close();
        memory.close();
        assignments.close();
        usage.close();
        encoder.close();
    }
}
