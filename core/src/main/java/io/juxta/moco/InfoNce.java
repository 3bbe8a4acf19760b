package io.juxta.moco;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The contrastive loss of MoCo: a (K + 1)-way classification in which the positive is class 0 (He et al., 2020, eq. 1). */
@API(status = API.Status.INTERNAL)
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
     * The share of queries whose positive is among the {@code top} largest logits. A negative that is as large as the
     * positive counts as larger: an encoder that embeds everything alike is never right.
     *
     * @param logits (N, K + 1), the positive first
     * @return from 0 to 1
     */
    public static double accuracy(Tensor logits, int top) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return right(beaten(logits), logits, top).item_double();
        }
    }

    /**
     * What there is to know of logits besides the loss, without waiting for the device: acc1 and acc5 in percent, the
     * mean positive and the mean negative logit.
     *
     * @param logits (N, K + 1), the positive first
     * @return {@code acc1}, {@code acc5}, {@code positive_logit} and {@code negative_logit}: scalars without gradient, in
     *     the caller's scope
     */
    static Map<String, Tensor> figures(Tensor logits) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor beaten = beaten(logits);
            Scalar percent = new Scalar(100.0);
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put("acc1", right(beaten, logits, 1).mul(percent));
            figures.put("acc5", right(beaten, logits, 5).mul(percent));
            figures.put("positive_logit", logits.narrow(1, 0, 1).mean());
            figures.put("negative_logit", negatives(logits).mean());
            return figures;
        }
    }

    /** How many negatives are below the positive; of what is no number, none: N. */
    private static Tensor beaten(Tensor logits) {
        return negatives(logits).lt(logits.narrow(1, 0, 1)).sum(1);
    }

    private static Tensor negatives(Tensor logits) {
        return logits.narrow(1, 1, logits.size(1) - 1);
    }

    private static Tensor right(Tensor beaten, Tensor logits, int top) {
        long negatives = logits.size(1) - 1;
        return beaten.gt(new Scalar((double) negatives - top))
                .to(ScalarType.Double)
                .mean();
    }
}
