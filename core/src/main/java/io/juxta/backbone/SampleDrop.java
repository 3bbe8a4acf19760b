package io.juxta.backbone;

import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Stochastic depth (Huang et al., 2016) as DINOv2 computes it: a branch runs on some of the batch's samples only, which saves its
 * work for the others, and counts for as much more.
 */
final class SampleDrop implements BranchDrop {
    private final double rate;
    private final LongFunction<Tensor> permutation;

    /**
     * @param rate share of the samples that a branch leaves out, 0 to below 1
     * @param permutation of a number of samples, of which the first are taken
     */
    SampleDrop(double rate, LongFunction<Tensor> permutation) {
        this.rate = rate;
        this.permutation = permutation;
    }

    @Override
    public Tensor add(Tensor x, int number, UnaryOperator<Tensor> branch) {
        if (rate == 0) {
            return x.add(branch.apply(x));
        }
        long samples = x.size(0);
        long kept = Math.max((long) (samples * (1 - rate)), 1);
        Tensor taken = permutation.apply(samples).narrow(0, 0, kept).to(x.device(), torch.ScalarType.Long);
        Tensor residual = branch.apply(x.index_select(0, taken));
        return torch.index_add(x, 0, taken, residual, new Scalar((double) samples / kept));
    }
}
