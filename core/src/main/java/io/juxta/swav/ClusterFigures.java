package io.juxta.swav;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What is logged of a step besides its loss. */
final class ClusterFigures {
    private ClusterFigures() {}

    /**
     * The share of rows whose largest score is the target's, among those with a target.
     *
     * @param scores (N, K)
     * @param targets (N) of int64, negative for none
     * @return a float64 scalar from 0 to 1
     */
    static Tensor agreement(Tensor scores, Tensor targets) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor right = scores.argmax(new LongOptional(1), false).eq(targets).sum();
            Tensor known = targets.ge(new Scalar(0)).sum().clamp_min(new Scalar(1));
            return right.to(ScalarType.Double).div(known);
        }
    }

    /** Brings the figures from the device in one copy: each would wait for all that was asked before it. */
    static Map<String, Double> metrics(Tensor loss, Tensor agreement, Tensor gradNorm) {
        Tensor figures = torch.stack(new TensorVector(
                        loss.to(ScalarType.Double), agreement.to(ScalarType.Double), gradNorm.to(ScalarType.Double)))
                .cpu();
        double[] values = new double[3];
        figures.data_ptr_double().get(values);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("loss", values[0]);
        metrics.put("agreement", 100 * values[1]);
        metrics.put("grad_norm", values[2]);
        return metrics;
    }
}
