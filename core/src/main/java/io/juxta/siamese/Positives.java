package io.juxta.siamese;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Which column of a row of logits is right, and how often it is the largest. */
final class Positives {
    private Positives() {}

    /** (n): from, from + 1, and so on, on the device of another tensor. */
    static Tensor from(long from, long n, Tensor on) {
        long[] labels = new long[Math.toIntExact(n)];
        for (int i = 0; i < n; i++) {
            labels[i] = from + i;
        }
        return Tensor.create(labels).to(on.device(), ScalarType.Long);
    }

    /**
     * Puts {@code acc1} in percent, {@code positive_logit} and {@code negative_logit} among a step's figures. A tie is no
     * win: an encoder that embeds everything alike is never right.
     *
     * @param logits (n, columns), without gradient
     * @param positives (n), the column of each row's positive
     * @param columns how many of them are finite in each row
     */
    static void figures(Tensor logits, Tensor positives, long columns, Map<String, Tensor> figures) {
        Tensor positive = logits.gather(1, positives.unsqueeze(1)); // n x 1
        Tensor beaten = logits.lt(positive).sum(1); // the own view, at minus infinity, is beaten too
        figures.put(
                "acc1",
                beaten.eq(new Scalar((double) logits.size(1) - 1))
                        .to(ScalarType.Double)
                        .mean()
                        .mul(new Scalar(100.0)));
        figures.put("positive_logit", positive.mean());
        Tensor finite = torch.where(logits.isfinite(), logits, torch.zeros_like(logits));
        Tensor negatives = finite.sum().sub(positive.sum());
        figures.put("negative_logit", negatives.div(new Scalar((double) logits.size(0) * (columns - 1))));
    }
}
