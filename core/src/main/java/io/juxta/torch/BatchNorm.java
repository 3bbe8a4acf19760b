package io.juxta.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Batch normalisation over the channels of (N, C) or (N, C, H, W), in G groups of the batch that are normalised
 * separately while training (Ioffe and Szegedy 2015; the groups: He et al. 2020, section 3.3, "Shuffling BN", which
 * uses one group per GPU).
 *
 * <p>Group g holds the samples from g N / G on, as the ranks of a distributed run hold them. The running statistics are
 * the mean over the groups. In evaluation, and for G = 1, this is plain batch normalisation. Names and order in a state dict
 * are torchvision's: weight, bias, running_mean, running_var, num_batches_tracked.
 */
public final class BatchNorm extends Module {
    /** ε, added to variances. */
    public static final double EPSILON = 1e-5;

    private static final double MOMENTUM = 0.1;

    private final Tensor weight;
    private final Tensor bias;
    private final Tensor runningMean;
    private final Tensor runningVar;
    private final Tensor batchesTracked;
    private final int features;
    private final int groups;

    /**
     * @param features C, the number of channels
     * @param groups G; 1 for plain batch normalisation
     */
    public BatchNorm(int features, int groups) {
        super("BatchNorm");
        this.features = features;
        this.groups = groups;
        // what register_* returns points into a vector that the next registration may move
        weight = torch.ones(features);
        register_parameter("weight", weight);
        bias = torch.zeros(features);
        register_parameter("bias", bias);
        runningMean = torch.zeros(features);
        register_buffer("running_mean", runningMean);
        runningVar = torch.ones(features);
        register_buffer("running_var", runningVar);
        batchesTracked = torch.scalar_tensor(new Scalar(0L)).to(ScalarType.Long);
        register_buffer("num_batches_tracked", batchesTracked);
    }

    /**
     * @param x (N, C) or (N, C, H, W)
     * @return the same shape, laid out as x is
     * @throws IllegalArgumentException when training and N is not a multiple of G
     */
    public Tensor forward(Tensor x) {
        if (!is_training()) {
            return normalize(x, runningMean, runningVar, false);
        }
        if (x.size(0) % groups != 0) {
            throw new IllegalArgumentException("a batch of " + x.size(0) + " cannot be cut into " + groups
                    + " batch-norm groups: make batch-size a multiple of bn-groups");
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            batchesTracked.add_(new Scalar(1L));
        }
        return groups == 1 ? normalize(x, runningMean, runningVar, true) : forwardGroups(x);
    }

    private Tensor forwardGroups(Tensor x) {
        Tensor means = copies(runningMean);
        Tensor vars = copies(runningVar);
        Tensor y = GradMode.is_enabled() ? joined(x, means, vars) : inPlaces(x, means, vars);
        try (NoGradGuard guard = new NoGradGuard()) {
            runningMean.copy_(means.mean(0));
            runningVar.copy_(vars.mean(0));
        }
        return y;
    }

    private Tensor joined(Tensor x, Tensor means, Tensor vars) {
        // one split, not narrow for each group, whose gradients would each be as large as the whole batch
        TensorVector parts = torch.split(x, x.size(0) / groups, 0);
        TensorVector normalized = new TensorVector();
        for (int g = 0; g < groups; g++) {
            normalized.push_back(normalize(parts.get(g), means.select(0, g), vars.select(0, g), true));
        }
        return torch.cat(normalized, 0);
    }

    /** The same values without gradient: each group is written to its place in the result, and nothing is joined. */
    private Tensor inPlaces(Tensor x, Tensor means, Tensor vars) {
        Tensor y = torch.empty_like(x);
        Tensor mean = torch.empty_like(runningMean);
        Tensor deviation = torch.empty_like(runningVar);
        long size = x.size(0) / groups;
        for (int g = 0; g < groups; g++) {
            torch.native_batch_norm_out(
                    y.narrow(0, g * size, size),
                    mean,
                    deviation,
                    x.narrow(0, g * size, size),
                    new TensorOptional(weight),
                    new TensorOptional(bias),
                    new TensorOptional(means.select(0, g)),
                    new TensorOptional(vars.select(0, g)),
                    true,
                    MOMENTUM,
                    EPSILON);
        }
        return y;
    }

    /** (G, C): the running statistic once for each group to update. */
    private Tensor copies(Tensor statistic) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return statistic.unsqueeze(0).repeat(groups, 1);
        }
    }

    private Tensor normalize(Tensor x, Tensor mean, Tensor var, boolean training) {
        return torch.batch_norm(
                x,
                new TensorOptional(weight),
                new TensorOptional(bias),
                new TensorOptional(mean),
                new TensorOptional(var),
                training,
                MOMENTUM,
                EPSILON,
                false);
    }
}
