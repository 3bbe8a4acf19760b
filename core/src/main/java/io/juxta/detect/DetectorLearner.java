package io.juxta.detect;

import io.juxta.data.BatchSource;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.torch.Computing;
import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import io.juxta.train.Learner;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Faster R-CNN learning from pictures with boxes, every layer of it, as MoCo's detection fine-tunes encoders (He et al., 2020,
 * appendix A.1): momentum, and a weight decay that spares batch norms.
 */
@API(status = API.Status.INTERNAL)
public final class DetectorLearner implements Learner {
    private final FasterRcnn network;
    private final Communicator communicator;
    private final long seed;
    private final List<String> weightNames = new ArrayList<>();
    private final List<String> normNames = new ArrayList<>();
    private final Sgd weights;
    private final Sgd norms;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    private final Optional<Statistics> statistics;
    private int epoch;

    /**
     * Statistics of batch norms taken anew ({@link PreciseBatchNorm}) at the ends of epochs.
     *
     * @param batches where batches for them come from; stays the caller's
     * @param when at the ends of which epochs, counted from 0
     */
    public record Statistics(BatchSource batches, IntPredicate when) {}

    /** In float32, without statistics taken anew. */
    public DetectorLearner(FasterRcnn network, Sgd.Options sgd, long seed, Communicator communicator) {
        this(network, sgd, seed, communicator, MixedPrecision.none(), Optional.empty());
    }

    /**
     * @param network all of its layers learn; belongs to this learner from now on
     * @param sgd its weight decay is not for batch norms
     * @param seed of what is drawn from the anchors and proposals of each picture
     * @param precision that the networks compute in; belongs to this learner from now on
     */
    public DetectorLearner(
            FasterRcnn network,
            Sgd.Options sgd,
            long seed,
            Communicator communicator,
            MixedPrecision precision,
            Optional<Statistics> statistics) {
        this.precision = precision;
        this.statistics = statistics;
        this.network = network;
        this.communicator = communicator;
        this.seed = seed;
        Map<String, Tensor> parameters = StateDict.parameters(network);
        Map<String, Tensor> all = StateDict.of(network);
        List<Tensor> ofWeights = new ArrayList<>();
        List<Tensor> ofNorms = new ArrayList<>();
        parameters.forEach((name, tensor) -> {
            boolean norm = all.containsKey(name.substring(0, name.lastIndexOf('.') + 1) + "running_mean");
            (norm ? normNames : weightNames).add(name);
            (norm ? ofNorms : ofWeights).add(tensor);
        });
        weights = new Sgd(ofWeights, sgd);
        norms = new Sgd(ofNorms, new Sgd.Options(sgd.momentum(), 0, sgd.nesterov()));
        gradients = new GradientAverage(communicator, new ArrayList<>(parameters.values()));
        network.compute(precision);
        network.synchronize(communicator);
        network.train(true);
    }

    @Override
    public void begin(int number, Pass pass) {
        epoch = number;
    }

    /** What {@link MixedPrecision#end} says; batch norms may have other statistics afterwards. */
    @Override
    public Map<String, Double> end() {
        if (statistics.isPresent() && statistics.get().when().test(epoch)) {
            try (NoGradGuard guard = new NoGradGuard();
                    PreciseBatchNorm precise = new PreciseBatchNorm(network)) {
                BatchSource.Epoch batches = statistics.get().batches().epoch(epoch);
                while (batches.hasNext()) {
                    try (BatchSource.Views views = batches.next();
                            Computing computing = Computing.begin();
                            PointerScope scope = new PointerScope()) {
                        look(Views.of(List.of(views.view(0), views.view(1), views.view(2))));
                        precise.add();
                    }
                }
                precise.apply();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return precision.end();
    }

    /** A pass in training mode for its statistics alone. */
    private void look(Views batch) {
        Device device = StateDict.parameters(network).values().iterator().next().device();
        int first = communicator.rank() * batch.sizes().size();
        network.losses(
                batch.pictures().to(device, ScalarType.Float),
                batch.sizes(),
                batch.truths(),
                Chance.of(seed, epoch, first),
                meanOver(communicator));
    }

    /**
     * One step.
     *
     * @param views as {@link Views} takes them apart: pictures, their sizes, their objects
     * @return {@code loss}, the sum of {@code loss_class}, {@code loss_box}, {@code loss_objectness} and {@code
     *     loss_proposal}; {@code grad_norm}, of all gradients together, before weight decay, 0 for a step that is left out;
     *     what {@link MixedPrecision#tell} says
     */
    @Override
    public Map<String, Double> step(List<Tensor> views, Step step) {
        Views batch = Views.of(views);
        int first = communicator.rank() * batch.sizes().size();
        return step(batch, step.lr(), Chance.of(seed, step.iteration(), first));
    }

    Map<String, Double> step(Views batch, double lr, Chance chance) {
        try (PointerScope scope = new PointerScope()) {
            network.zero_grad(true);
            FasterRcnn.Losses losses =
                    network.losses(batch.pictures(), batch.sizes(), batch.truths(), chance, meanOver(communicator));
            List<Tensor> parameters =
                    new ArrayList<>(StateDict.parameters(network).values());
            boolean stepped = precision.backward(gradients, losses.total(), parameters);
            Map<String, Tensor> figures = losses.figures();
            figures.put(
                    "grad_norm",
                    stepped
                            ? TensorLists.norm(
                                    parameters.stream().map(Tensor::grad).toList())
                            : torch.zeros_like(losses.total().detach()));
            if (stepped) {
                weights.step(lr);
                norms.step(lr);
            }
            Map<String, Double> metrics = new LinkedHashMap<>(communicator.means(figures));
            precision.tell(stepped, metrics);
            return metrics;
        }
    }

    private static DoubleUnaryOperator meanOver(Communicator communicator) {
        return count -> {
            if (communicator.size() == 1) {
                return count;
            }
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Tensor sum = torch.full(new long[] {1}, new org.bytedeco.pytorch.Scalar(count));
                communicator.sum(sum);
                return sum.item_double() / communicator.size();
            }
        };
    }

    /**
     * A batch as a step sees it.
     *
     * @param pictures (N, 3, H, W), normalised and padded
     * @param sizes of each without padding
     * @param truths what there is in each
     */
    record Views(Tensor pictures, List<PictureSize> sizes, List<LabelledBoxes> truths) {
        /**
         * @param views pictures (N, 3, H, W); sizes (N, 2), width and height; objects (M, 6), each the place of its picture in
         *     the batch, its class, x1, y1, x2, y2
         */
        static Views of(List<Tensor> views) {
            double[] sides = Numbers.of(views.get(1));
            double[] objects = Numbers.of(views.get(2));
            List<PictureSize> sizes = new ArrayList<>();
            List<LabelledBoxes> truths = new ArrayList<>();
            int at = 0;
            for (int n = 0; n < sides.length / 2; n++) {
                sizes.add(new PictureSize((int) sides[2 * n], (int) sides[2 * n + 1]));
                int end = at;
                while (end < objects.length && objects[end] == n) {
                    end += 6;
                }
                int count = (end - at) / 6;
                int[] classes = new int[count];
                double[] xyxy = new double[4 * count];
                for (int k = 0; k < count; k++, at += 6) {
                    classes[k] = (int) objects[at + 1];
                    System.arraycopy(objects, at + 2, xyxy, 4 * k, 4);
                }
                truths.add(LabelledBoxes.of(Boxes.of(xyxy), classes));
            }
            return new Views(views.get(0), sizes, truths);
        }
    }

    @Override
    public FasterRcnn network() {
        return network;
    }

    @Override
    public String product() {
        return "detector";
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        StateDict.of(network).forEach((name, tensor) -> state.put("detector." + name, tensor));
        weights.state(weightNames).forEach((name, tensor) -> state.put("sgd." + name, tensor));
        norms.state(normNames).forEach((name, tensor) -> state.put("sgd." + name, tensor));
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
        weights.close();
        norms.close();
        network.close();
    }
}
