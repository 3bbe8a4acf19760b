package io.juxta.eval;

import io.juxta.torch.TensorLists;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The layer {@code fc} that a linear probe trains: weights normal(0, 0.01), biases 0, momentum SGD. */
final class LinearClassifier {
    private final List<Tensor> parameters;
    private final List<Tensor> velocities;

    /**
     * @param like a tensor of the type and on the device that features have
     * @param width D, of a feature
     * @param classes C
     */
    LinearClassifier(Tensor like, int width, int classes, long seed) {
        Random random = new Random(seed);
        double[] drawn = new double[Math.multiplyExact(classes, width)];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = 0.01 * random.nextGaussian();
        }
        Tensor weight = Tensor.create(drawn, classes, width).to(like.device(), like.scalar_type());
        Tensor bias = torch.zeros(new long[] {classes}, weight.options());
        parameters = List.of(weight, bias);
        velocities = List.of(torch.zeros_like(weight), torch.zeros_like(bias));
        parameters.forEach(parameter -> parameter.set_requires_grad(true));
    }

    /** Features (N, D) to scores (N, C). */
    Tensor scores(Tensor features) {
        return torch.linear(features, parameters.get(0), new TensorOptional(parameters.get(1)));
    }

    /** What one step saw. */
    record Seen(double loss, long[] right) {}

    /** Learns from one batch: features (N, D), labels int64 (N). */
    Seen learn(Tensor features, Tensor labels, double lr, LinearProbeOptions options) {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = scores(features);
            Tensor loss = torch.cross_entropy_loss(scores, labels);
            TensorVector gradients =
                    torch.grad(new TensorVector(loss), new TensorVector(parameters.toArray(Tensor[]::new)));
            TensorLists.sgd(
                    parameters,
                    List.of(gradients.get(0).contiguous(), gradients.get(1).contiguous()),
                    velocities,
                    lr,
                    options.momentum(),
                    options.weightDecay());
            return new Seen(loss.item_double(), Accuracy.right(scores, labels));
        }
    }

    /** Judges features whose classes are known, in blocks. */
    Accuracy judge(Features features) {
        long size = features.size();
        long right1 = 0;
        long right5 = 0;
        for (long from = 0; from < size; from += 4096) {
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                long count = Math.min(4096, size - from);
                long[] right = Accuracy.right(
                        scores(features.values().narrow(0, from, count)),
                        features.labels().narrow(0, from, count));
                right1 += right[0];
                right5 += right[1];
            }
        }
        return Accuracy.of(right1, right5, size);
    }

    /** Under torchvision's names. */
    Map<String, Tensor> state() {
        return Map.of("fc.weight", parameters.get(0), "fc.bias", parameters.get(1));
    }
}
