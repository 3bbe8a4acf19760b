package io.juxta.siamese;

import io.juxta.distributed.Communicator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss of MoCo v3 (Chen, Xie and He 2021, algorithm 1): the key of the same image is told among those of the batch,
 *
 * <pre>2T (CE(q1 k2' / T) + CE(q2 k1' / T))</pre>
 */
@API(status = API.Status.INTERNAL)
public final class SymmetricContrast {
    private SymmetricContrast() {}

    /**
     * Similarities of the own predictions to all keys, over the temperature.
     *
     * @param q predictions of one view, (n, dim)
     * @param k keys of the other, row for row, without gradient
     * @return (n, n processes), keys in the order of the batch
     */
    public static Tensor logits(Tensor q, Tensor k, double T, Communicator communicator) {
        Tensor keys;
        try (NoGradGuard guard = new NoGradGuard()) {
            keys = communicator.gather(torch.normalize(k.detach()).contiguous());
        }
        return torch.normalize(q).mm(keys.t()).div(new Scalar(T));
    }

    /**
     * The loss of the own rows.
     *
     * @param T temperature: 1 for residual networks, 0.2 for vision transformers
     * @return a scalar, its mean over the processes that of the batch of N; 4T ln N is what knowing nothing costs
     */
    public static Tensor loss(Tensor q1, Tensor q2, Tensor k1, Tensor k2, double T, Communicator communicator) {
        Tensor first = half(logits(q1, k2, T, communicator), communicator);
        Tensor second = half(logits(q2, k1, T, communicator), communicator);
        return first.add(second).mul(new Scalar(2 * T));
    }

    private static Tensor half(Tensor logits, Communicator communicator) {
        return torch.cross_entropy_loss(logits, positives(logits, communicator));
    }

    private static Tensor positives(Tensor logits, Communicator communicator) {
        long n = logits.size(0);
        return Positives.from(communicator.rank() * n, n, logits);
    }

    /** {@code loss}; of its first half {@code acc1} in percent, {@code positive_logit} and {@code negative_logit}. */
    static Map<String, Tensor> figures(TwoViews q, TwoViews k, double T, Communicator communicator) {
        Tensor logits = logits(q.first(), k.second(), T, communicator);
        Tensor second = logits(q.second(), k.first(), T, communicator);
        Map<String, Tensor> figures = new LinkedHashMap<>();
        figures.put(
                "loss",
                half(logits, communicator).add(half(second, communicator)).mul(new Scalar(2 * T)));
        try (NoGradGuard guard = new NoGradGuard()) {
            Positives.figures(logits.detach(), positives(logits, communicator), logits.size(1), figures);
        }
        return figures;
    }
}
