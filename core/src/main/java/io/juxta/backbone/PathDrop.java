package io.juxta.backbone;

import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * Stochastic depth as DINO and timm compute it: each branch is left out for each sample by a draw of its own, and counts for as
 * much more where it is not. The share that is left out grows from block to block, from 0 to the rate.
 */
@API(status = API.Status.INTERNAL)
public final class PathDrop implements BranchDrop {
    private final double rate;
    private final int blocks;
    private final Chances chances;

    /** Where the draws come from. */
    @FunctionalInterface
    public interface Chances {
        /**
         * Numbers from 0 to below 1: a sample keeps a branch where its own is not below the branch's share.
         *
         * @param branch from 0, over all blocks
         * @param samples of the batch that goes through the network
         */
        float[] of(int branch, int samples);
    }

    /**
     * @param rate of the last block, 0 to below 1
     * @param blocks of the network
     */
    public PathDrop(double rate, int blocks, Chances chances) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("drop-path " + rate + " must be from 0 to below 1 (0.1 is DINO's)");
        }
        this.rate = rate;
        this.blocks = blocks;
        this.chances = chances;
    }

    /** The share of samples for which a branch of a block is left out. */
    double share(int block) {
        return blocks == 1 ? 0 : rate * block / (blocks - 1);
    }

    @Override
    public Tensor add(Tensor x, int number, UnaryOperator<Tensor> branch) {
        double share = share(number / 2);
        if (share == 0) {
            return x.add(branch.apply(x));
        }
        int samples = Math.toIntExact(x.size(0));
        float[] kept = chances.of(number, samples);
        for (int n = 0; n < samples; n++) {
            kept[n] = kept[n] < share ? 0 : (float) (1 / (1 - share));
        }
        Tensor factors = Tensor.create(kept).to(x.device(), x.scalar_type()).reshape(samples, 1, 1);
        return x.add(branch.apply(x).mul(factors));
    }
}
