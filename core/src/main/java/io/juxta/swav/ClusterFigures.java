package io.juxta.swav;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What is logged of a step besides its loss. */
final class ClusterFigures {
    private ClusterFigures() {}

    /**
     * The share of rows whose largest score is the target's, among those with a target.
     *
     * @param scores (N, K)
     * @param targets (N) of int64, negative for none
     * @return a float64 scalar in percent
     */
    static Tensor agreement(Tensor scores, Tensor targets) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor right = scores.argmax(new LongOptional(1), false).eq(targets).sum();
            Tensor known = targets.ge(new Scalar(0)).sum().clamp_min(new Scalar(1));
            return right.to(ScalarType.Double).div(known).mul(new Scalar(100.0));
        }
    }
}
