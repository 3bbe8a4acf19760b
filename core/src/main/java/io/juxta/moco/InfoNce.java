package io.juxta.moco;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The contrastive loss of MoCo: a (K + 1)-way classification in which the positive is class 0 (He et al. 2020, eq. 1). */
public final class InfoNce {
    private InfoNce() {}

    /**
     * Similarities over the temperature, the positive first.
     *
     * @param q queries, (N, dim), rows of length 1
     * @param k their keys, (N, dim), rows of length 1, without gradient
     * @param queue negatives, (dim, K), columns of length 1
     * @param T temperature: 0.07 in v1, 0.2 in v2
     * @return (N, K + 1)
     */
    public static Tensor logits(Tensor q, Tensor k, Tensor queue, double T) {
        Tensor positive = q.mul(k).sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional()); // N x 1
        Tensor negative = q.mm(queue); // N x K
        return torch.cat(new TensorVector(positive, negative), 1).div_(new Scalar(T));
    }

    /**
     * The mean cross-entropy of logits against class 0.
     *
     * @param logits (N, K + 1), from {@link #logits}
     * @return a scalar; ln(K + 1) is what knowing nothing costs
     */
    public static Tensor loss(Tensor logits) {
        Tensor labels = torch.zeros(
                new long[] {logits.size(0)},
                new TensorOptions()
                        .dtype(new org.bytedeco.pytorch.ScalarTypeOptional(ScalarType.Long))
                        .device(new org.bytedeco.pytorch.DeviceOptional(logits.device())));
        return torch.cross_entropy_loss(logits, labels);
    }

    /**
     * The share of queries whose positive is among the {@code top} largest logits.
     *
     * @param logits (N, K + 1), the positive first
     * @return from 0 to 1
     */
    public static double accuracy(Tensor logits, int top) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor positive = logits.narrow(1, 0, 1);
            Tensor larger =
                    logits.gt(positive).sum(new long[] {1}, false, new org.bytedeco.pytorch.ScalarTypeOptional());
            return larger.lt(new Scalar(top)).to(ScalarType.Double).mean().item_double();
        }
    }
}
