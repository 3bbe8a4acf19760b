package io.juxta.cut.networks;

import io.juxta.cut.strips.Moments;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** What follows a convolution. */
@API(status = API.Status.INTERNAL)
public enum Norm {
    /** Each channel of each image by its own mean and variance, without weights and without running statistics. */
    INSTANCE,
    /** Each channel by the batch's mean and variance: where A and B are one batch, their statistics mix. */
    BATCH,
    /** Nothing. */
    NONE;

    /** Whether convolutions in front of it have a bias: before instance norm, which undoes it, as in the original. */
    boolean biased() {
        return this == INSTANCE;
    }

    /** Whether an image's activations do not depend on what else is in the batch. */
    public boolean isPerImage() {
        return this != BATCH;
    }

    /**
     * Each channel of each image by its own mean and variance.
     *
     * <p>A single image whose channels are last is normalised as the batch that it is: libtorch's instance norm copies it into
     * the other layout, and the layer behind copies it back.
     */
    public static Tensor instance(Tensor x) {
        TensorOptional none = new TensorOptional();
        if (x.size(0) == 1 && x.is_contiguous(MemoryFormat.ChannelsLast)) {
            return torch.batch_norm(x, none, none, none, none, true, 0.1, Moments.EPSILON, false);
        }
        return torch.instance_norm(x, none, none, none, none, true, 0.1, Moments.EPSILON, false);
    }
}
