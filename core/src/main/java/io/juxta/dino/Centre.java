package io.juxta.dino;

import io.juxta.distributed.Communicator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The mean of what the teacher says, over the last batches: c ← m c + (1 - m) mean(t) (Caron et al., 2021, equation 4). Taken from its
 * outputs it keeps one of them from being the answer to all images.
 */
final class Centre implements AutoCloseable {
    private final Tensor mean;
    private final double momentum;

    /** @param momentum m, 0.9 in the paper */
    Centre(int K, double momentum, Device device, ScalarType type) {
        this.momentum = momentum;
        mean = torch.zeros(1, K).to(device, type);
    }

    /** (1, K). */
    Tensor mean() {
        return mean;
    }

    /** Takes in a batch's outputs (rows, K), of which each process has as many. */
    void add(Tensor t, Communicator communicator) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor sum = t.sum(0).unsqueeze(0);
            communicator.sum(sum);
            double rows = (double) t.size(0) * communicator.size();
            mean.mul_(new Scalar(momentum)).add_(sum.div(new Scalar(rows)), new Scalar(1 - momentum));
        }
    }

    /** How large its values are: their root mean square. */
    Tensor size() {
        return mean.square().mean().sqrt();
    }

    @Override
    public void close() {
        mean.close();
    }
}
