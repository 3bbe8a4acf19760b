package io.juxta.backbone;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Stochastic depth (Huang et al., 2016): for which of a batch's samples a block's branches count, in training. */
@FunctionalInterface
interface BranchDrop {
    /** Every branch for every sample. */
    BranchDrop NONE = (x, number, branch) -> x.add(branch.apply(x));

    /**
     * x and the branch of it.
     *
     * @param x (N, T, dim)
     * @param number of the branch, counted over all blocks from 0: attention's are even, those behind it odd
     */
    Tensor add(Tensor x, int number, UnaryOperator<Tensor> branch);
}
