package io.juxta.eval.probe;

import io.juxta.eval.Accuracy;
import io.juxta.eval.Features;
import io.juxta.image.Draws;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Computing;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import io.juxta.torch.StateDict;
import io.juxta.train.Sgd;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The layer {@code fc} from features to classes, after a batch norm {@code bn} where one is asked for, and the SGD that
 * trains them.
 */
final class LinearClassifier {
    /** Where the draws of a head's initial weights stand among the images. */
    private static final int HEAD = -2;

    private final Container layers = new Container("classifier");
    private final Optional<BatchNorm> norm;
    private final LinearImpl fc;
    private final Map<String, Tensor> state;
    private final Sgd optimizer;

    private LinearClassifier(
            Tensor like, int width, int classes, Optional<BatchNorm> norm, Sgd.Options sgd, Initial initial) {
        this.norm = norm;
        norm.ifPresent(bn -> layers.register_module("bn", bn));
        fc = layers.register_module("fc", Layers.linear(width, classes));
        StateDict.convert(layers, like.scalar_type());
        fill(fc.weight(), initial.weights());
        fill(fc.bias(), initial.biases());
        layers.to(like.device(), false);
        state = StateDict.of(layers);
        optimizer = new Sgd(parameters(), sgd);
    }

    /** Where the values of {@code fc} come from. */
    private record Initial(DoubleSupplier weights, DoubleSupplier biases) {}

    /**
     * What a linear probe trains: weights normal(0, 0.01), biases 0.
     *
     * @param like a tensor of the type and on the device that features have
     * @param width D, of a feature
     * @param classes C
     */
    static LinearClassifier probe(Tensor like, int width, int classes, LinearProbeOptions options) {
        Random random = new Random(options.seed());
        return new LinearClassifier(
                like,
                width,
                classes,
                options.batchNorm()
                        ? Optional.of(new BatchNorm(options.pooling().channels(width), 1))
                        : Optional.empty(),
                new Sgd.Options(options.momentum(), options.weightDecay(), options.nesterov()),
                new Initial(() -> 0.01 * random.nextGaussian(), () -> 0));
    }

    /**
     * A head that is trained together with its encoder: weights and biases uniform in ±1/sqrt(D), as libtorch's own.
     *
     * @param like a tensor of the type and on the device that features have
     * @param width D, of a feature
     * @param classes C
     */
    static LinearClassifier head(Tensor like, int width, int classes, SemiSupervisedOptions options) {
        Draws draws = Draws.of(options.seed(), 0, HEAD, 0);
        double bound = 1 / Math.sqrt(width);
        DoubleSupplier uniform = () -> draws.uniform(-bound, bound);
        return new LinearClassifier(
                like, width, classes, Optional.empty(), options.sgd(), new Initial(uniform, uniform));
    }

    /**
     * One that was trained before.
     *
     * @param like a tensor of the type and on the device that features have
     * @param state {@code fc.weight} (C, D) and {@code fc.bias}, and {@code bn.*} where it has a batch norm
     */
    static LinearClassifier given(Tensor like, Map<String, Tensor> state) {
        Tensor weight = Objects.requireNonNull(state.get("fc.weight"));
        int width = Math.toIntExact(weight.size(1));
        Optional<BatchNorm> norm =
                Optional.ofNullable(state.get("bn.weight")).map(bn -> new BatchNorm(Math.toIntExact(bn.size(0)), 1));
        LinearClassifier given = new LinearClassifier(
                like,
                width,
                Math.toIntExact(weight.size(0)),
                norm,
                new Sgd.Options(0, 0),
                new Initial(() -> 0, () -> 0));
        StateDict.load(given.layers, state);
        return given;
    }

    private static void fill(Tensor tensor, DoubleSupplier values) {
        double[] drawn = new double[Math.toIntExact(tensor.numel())];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = values.getAsDouble();
        }
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            tensor.copy_(Tensor.create(drawn).view_as(tensor));
        }
    }

    /** Features (N, D) to scores (N, C). */
    Tensor scores(Tensor features) {
        return fc.forward(norm.map(bn -> normalized(bn, features)).orElse(features));
    }

    /** Over channels, of each of which a feature has as many values side by side. */
    private static Tensor normalized(BatchNorm bn, Tensor features) {
        long channels = StateDict.parameters(bn).values().iterator().next().size(0);
        if (features.size(1) == channels) {
            return bn.forward(features);
        }
        Tensor map = features.view(features.size(0), channels, features.size(1) / channels, 1);
        return torch.flatten(bn.forward(map), 1, -1);
    }

    /** What one step saw. */
    record Seen(double loss, long[] right) {}

    /**
     * Learns from one batch. Where the features have a gradient to give on, their encoder's parameters have it
     * afterwards.
     *
     * @param features (N, D)
     * @param labels int64 (N)
     */
    Seen learn(Tensor features, Tensor labels, double lr) {
        return learn(features, labels, lr, loss -> {
            loss.backward();
            return true;
        });
    }

    /** @param backward what computes the gradients of a loss, and says whether they are fit for a step */
    Seen learn(Tensor features, Tensor labels, double lr, Predicate<Tensor> backward) {
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            Tensor scores = scores(features);
            Tensor loss = torch.cross_entropy_loss(scores, labels);
            layers.zero_grad(true);
            if (backward.test(loss)) {
                optimizer.step(lr);
            }
            return new Seen(loss.item_double(), Accuracy.right(scores, labels));
        }
    }

    /** Judges features whose classes are known, in blocks. */
    Accuracy judge(Features features) {
        long size = features.size();
        long right1 = 0;
        long right5 = 0;
        layers.eval();
        for (long from = 0; from < size; from += 4096) {
            try (Computing computing = Computing.begin();
                    PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                long count = Math.min(4096, size - from);
                long[] right = Accuracy.right(
                        scores(features.values().narrow(0, from, count)),
                        features.labels().narrow(0, from, count));
                right1 += right[0];
                right5 += right[1];
            }
        }
        layers.train(true);
        return Accuracy.of(right1, right5, size);
    }

    /** How far its probabilities can be believed, and at which temperature. */
    Calibration calibration(Features features) {
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            layers.eval();
            Tensor scores = scores(features.values());
            layers.train(true);
            return Calibration.of(scores, features.labels());
        }
    }

    /** From here on batch norm goes by its running statistics. */
    void eval() {
        layers.eval();
    }

    List<Tensor> parameters() {
        return List.copyOf(StateDict.parameters(layers).values());
    }

    /** Under torchvision's names, and {@code bn.*}. */
    Map<String, Tensor> state() {
        return state;
    }
}
