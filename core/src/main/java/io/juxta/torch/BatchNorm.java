package io.juxta.torch;

import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation over the channels of (N, C) or (N, C, H, W), in G groups of the batch that are normalised
 * separately while training (Ioffe and Szegedy 2015; the groups: He et al., 2020, section 3.3, "Shuffling BN", which
 * uses one group per GPU).
 *
 * <p>Group g holds the samples from g N / G on, as the ranks of a distributed run hold them. The running statistics are
 * the mean over the groups. In evaluation, and for G = 1, this is plain batch normalisation. Names and order in a state dict
 * are torchvision's: weight, bias, running_mean, running_var, num_batches_tracked.
 */
@API(status = API.Status.INTERNAL)
public final class BatchNorm extends Module {
    /** ε, added to variances. */
    public static final double EPSILON = 1e-5;

    private static final double MOMENTUM = 0.1;

    private final @Nullable Tensor weight;
    private final @Nullable Tensor bias;
    private final Tensor runningMean;
    private final Tensor runningVar;
    private final Tensor batchesTracked;
    private final int features;
    private final int groups;
    private @Nullable Collective processes;
    private @Nullable SumOfGradients summing;
    private double momentum = MOMENTUM;
    private double valuesSeen;

    /** What is learned of the result: it is multiplied by a weight and shifted by a bias, for each channel. */
    public enum Affine {
        /** Both. */
        SCALE_AND_SHIFT,
        /** No bias. */
        SCALE,
        /** Neither: the result has mean 0 and variance 1. */
        NONE
    }

    /**
     * @param features C, the number of channels
     * @param groups G; 1 for plain batch normalisation
     */
    public BatchNorm(int features, int groups) {
        this(features, groups, Affine.SCALE_AND_SHIFT);
    }

    /**
     * The same, with a choice.
     *
     * @param affine what has no weight or bias lacks its name in the state dict too
     */
    public BatchNorm(int features, int groups, Affine affine) {
        super("BatchNorm");
        this.features = features;
        this.groups = groups;
        // what register_* returns points into a vector that the next registration may move
        weight = affine == Affine.NONE ? null : torch.ones(features);
        if (weight != null) {
            register_parameter("weight", weight);
        }
        bias = affine == Affine.SCALE_AND_SHIFT ? torch.zeros(features) : null;
        if (bias != null) {
            register_parameter("bias", bias);
        }
        runningMean = torch.zeros(features);
        register_buffer("running_mean", runningMean);
        runningVar = torch.ones(features);
        register_buffer("running_var", runningVar);
        batchesTracked = torch.scalar_tensor(new Scalar(0L)).to(ScalarType.Long);
        register_buffer("num_batches_tracked", batchesTracked);
    }

    /**
     * From now on the statistics are those of all processes' batches together, in the backward pass too ("SyncBN"): what
     * one process would compute of them. With one process they are those of its own batches again.
     *
     * @throws IllegalStateException when this normalises in groups, which processes share instead
     */
    public void synchronize(Collective with) {
        boolean together = with.size() > 1;
        if (groups > 1 && together) {
            throw new IllegalStateException("batch norm in " + groups + " groups is not synchronised");
        }
        processes = together ? with : null;
        // kept for as long as this is: libtorch calls it, and does not keep it
        summing = together ? new SumOfGradients(with) : null;
    }

    /**
     * How much of the running statistics a batch replaces from now on: 0.1 unless told otherwise, 1 to keep the last
     * batch's alone.
     */
    public void momentum(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("momentum " + share + " must be above 0 and at most 1");
        }
        momentum = share;
    }

    /** The usual momentum, {@value MOMENTUM}. */
    public void usualMomentum() {
        momentum = MOMENTUM;
    }

    /** How many values of each channel the last batch had in training, those of all processes together. */
    public double valuesSeen() {
        return valuesSeen;
    }

    /** The running mean, (C): this one's own. */
    public Tensor runningMean() {
        return runningMean;
    }

    /** The running variance, (C): this one's own. */
    public Tensor runningVar() {
        return runningVar;
    }

    /**
     * What evaluation does to a channel: x scale + shift.
     *
     * @param scale (C), float64
     * @param shift (C), float64
     */
    public record Fixed(Tensor scale, Tensor shift) {}

    /** Of the statistics as they are now; in the caller's scope. */
    public Fixed fixed() {
        Tensor inverse =
                runningVar.to(ScalarType.Double).add(new Scalar(EPSILON)).rsqrt();
        Tensor scale =
                weight == null ? inverse : weight.detach().to(ScalarType.Double).mul(inverse);
        Tensor moved = runningMean.to(ScalarType.Double).mul(scale).neg();
        return new Fixed(
                scale,
                bias == null ? moved : bias.detach().to(ScalarType.Double).add(moved));
    }

    /** Grows with whatever writes to what {@link #fixed} is made of. */
    public long version() {
        return runningMean._version()
                + runningVar._version()
                + (weight == null ? 0 : weight._version())
                + (bias == null ? 0 : bias._version());
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
        valuesSeen = (double) x.numel() / features;
        if (processes != null && summing != null) {
            return forwardTogether(x, processes, summing);
        }
        return groups == 1 ? normalize(x, runningMean, runningVar, true) : forwardGroups(x);
    }

    /**
     * Mean and variance over R processes are functions of every process's own, each with its share w_r of the values: mean
     * = Σ w_r mean_r and var = Σ w_r (var_r + (mean_r - mean)²). The values are exchanged; the gradients of both are summed over the processes on their way
     * back, and go on into each process's own share. All of it is in float32 at least, also where x is shorter: counts and
     * statistics would lose digits.
     */
    private Tensor forwardTogether(Tensor given, Collective all, SumOfGradients hook) {
        boolean shorter = given.element_size() < Float.BYTES;
        Tensor x = shorter ? given.to(ScalarType.Float) : given;
        long[] reduced = x.dim() == 4 ? new long[] {0, 2, 3} : new long[] {0};
        long[] channels = x.dim() == 4 ? new long[] {1, features, 1, 1} : new long[] {1, features};
        T_TensorTensor_T own = torch.var_mean(x, reduced, new ScalarOptional(new Scalar(0)), false);
        Tensor ownVar = own.get0();
        Tensor ownMean = own.get1();
        Tensor mean;
        Tensor var;
        Tensor away;
        double share;
        try (NoGradGuard guard = new NoGradGuard()) {
            // the last column counts: processes may have unequal parts
            Tensor everybody = torch.zeros(new long[] {all.size(), 2L * features + 1}, x.options());
            Tensor mine = everybody.select(0, all.rank());
            mine.narrow(0, 0, features).copy_(ownMean);
            mine.narrow(0, features, features).copy_(ownVar);
            mine.narrow(0, 2L * features, 1).fill_(new Scalar(valuesSeen));
            all.sum(everybody);
            Tensor counts = everybody.narrow(1, 2L * features, 1); // R x 1
            double count = counts.sum().item_double();
            Tensor shares = counts.div(new Scalar(count));
            share = valuesSeen / count;
            Tensor means = everybody.narrow(1, 0, features); // R x C
            mean = means.mul(shares).sum(0);
            var = everybody
                    .narrow(1, features, features)
                    .add(means.sub(mean).square())
                    .mul(shares)
                    .sum(0);
            away = ownMean.sub(mean);
            runningMean.mul_(new Scalar(1 - momentum)).add_(mean.mul(new Scalar(momentum)));
            runningVar.mul_(new Scalar(1 - momentum)).add_(var.mul(new Scalar(momentum * count / (count - 1))));
            valuesSeen = count;
        }
        if (GradMode.is_enabled() && x.requires_grad()) {
            // added differences are zeros that carry the gradient
            Tensor meanShare = ownMean.sub(ownMean.detach()).mul(new Scalar(share));
            Tensor varShare = ownVar.sub(ownVar.detach()).mul(new Scalar(share));
            mean = mean.add(meanShare);
            var = var.add(varShare).add(meanShare.mul(away).mul(new Scalar(2)));
            Tensor both = torch.stack(new TensorVector(mean, var));
            both.register_hook(hook);
            mean = both.select(0, 0);
            var = both.select(0, 1);
        }
        Tensor inverse = var.add(new Scalar(EPSILON)).rsqrt();
        Tensor scale = weight == null ? inverse : weight.mul(inverse);
        Tensor shift = bias == null ? mean.mul(scale).neg() : bias.sub(mean.mul(scale));
        Tensor y = torch.addcmul(shift.view(channels), x, scale.view(channels));
        return shorter ? y.to(given.scalar_type()) : y;
    }

    /** Called in the backward pass, in the same order in every process. */
    private static final class SumOfGradients extends TensorTensorHook {
        private final Collective all;

        SumOfGradients(Collective all) {
            this.all = all;
        }

        @Override
        public TensorBase call(TensorBase gradient) {
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensor sum = new Tensor(gradient).clone().contiguous();
                all.sum(sum);
                return sum;
            }
        }
    }

    /** Every batch norm in a tree of {@link Container}s. */
    public static List<BatchNorm> in(Module module) {
        List<BatchNorm> found = new ArrayList<>();
        if (module instanceof BatchNorm norm) {
            found.add(norm);
        }
        if (module instanceof Container container) {
            container.registered().forEach(child -> found.addAll(in(child)));
        }
        return found;
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
                    given(weight),
                    given(bias),
                    new TensorOptional(means.select(0, g)),
                    new TensorOptional(vars.select(0, g)),
                    true,
                    momentum,
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

    private static TensorOptional given(@Nullable Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
    }

    private Tensor normalize(Tensor x, Tensor mean, Tensor var, boolean training) {
        return torch.batch_norm(
                x,
                given(weight),
                given(bias),
                new TensorOptional(mean),
                new TensorOptional(var),
                training,
                momentum,
                EPSILON,
                false);
    }
}
