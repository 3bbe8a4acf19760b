package io.juxta.detect;

import io.juxta.torch.BatchNorm;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Running statistics as they are over many batches at the weights of now, instead of the moving averages of weights gone by (Wu
 * and Johnson 2021, "Rethinking 'Batch' in BatchNorm", section 3). Each batch counts by the values that it has of a channel.
 *
 * <pre>{@code
 * try (PreciseBatchNorm precise = new PreciseBatchNorm(network)) {
 *     for (Batch batch : batches) {
 *         network.forward(batch); // in training mode
 *         precise.add();
 *     }
 *     precise.apply();
 * }
 * }</pre>
 */
final class PreciseBatchNorm implements AutoCloseable {
    private final List<BatchNorm> norms;
    private final List<Tensor> means = new ArrayList<>();
    private final List<Tensor> squares = new ArrayList<>();
    private final double[] values;

    PreciseBatchNorm(Module network) {
        norms = BatchNorm.in(network);
        values = new double[norms.size()];
        for (BatchNorm norm : norms) {
            norm.momentum(1);
            means.add(torch.zeros_like(norm.runningMean()).retainReference());
            squares.add(torch.zeros_like(norm.runningVar()).retainReference());
        }
    }

    /** Counts the batch that the network has just seen. */
    void add() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (int i = 0; i < norms.size(); i++) {
                double n = norms.get(i).valuesSeen();
                values[i] += n;
                double share = n / values[i];
                Tensor mean = norms.get(i).runningMean();
                Tensor square = mean.square().add(norms.get(i).runningVar().mul(new Scalar((n - 1) / n)));
                means.get(i).lerp_(mean, new Scalar(share));
                squares.get(i).lerp_(square, new Scalar(share));
            }
        }
    }

    /** Gives the network what was counted. */
    void apply() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (int i = 0; i < norms.size(); i++) {
                norms.get(i).runningMean().copy_(means.get(i));
                norms.get(i).runningVar().copy_(squares.get(i).sub(means.get(i).square()));
            }
        }
    }

    @Override
    public void close() {
        norms.forEach(BatchNorm::usualMomentum);
        means.forEach(Tensor::releaseReference);
        squares.forEach(Tensor::releaseReference);
    }
}
