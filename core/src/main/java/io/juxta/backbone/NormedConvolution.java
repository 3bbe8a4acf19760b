package io.juxta.backbone;

import io.juxta.torch.BatchNorm;
import io.juxta.torch.Layers;
import io.juxta.torch.Precision;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A square convolution without bias and the batch norm behind it. In evaluation, where no gradient is wanted, the two are one
 * convolution whose weight is the product of the first's and the second's scale, and whose bias is the second's shift: one pass over
 * the activations less. That is used once it was folded, as long as nothing has written to what it was made of.
 */
final class NormedConvolution {
    private static final long[] ONE = {1, 1};

    private final Conv2dImpl conv;
    private final BatchNorm norm;
    private final long[] stride;
    private final long[] padding;
    private final int groups;
    private @Nullable Folded folded;

    /** @param groups of the convolution */
    NormedConvolution(int in, int out, int kernel, int stride, int groups, int normGroups) {
        conv = Layers.conv2d(in, out, kernel, stride, groups);
        norm = new BatchNorm(out, normGroups);
        this.stride = new long[] {stride, stride};
        padding = new long[] {kernel / 2, kernel / 2};
        this.groups = groups;
    }

    Conv2dImpl conv() {
        return conv;
    }

    BatchNorm norm() {
        return norm;
    }

    /** (N, in, H, W) to (N, out, H / stride, W / stride). */
    Tensor forward(Tensor x) {
        Folded one = folded;
        if (one == null || norm.is_training() || GradMode.is_enabled() || one.version != version()) {
            return norm.forward(conv.forward(x));
        }
        return torch.conv2d(x, one.weight, new TensorOptional(one.bias), stride, padding, ONE, groups);
    }

    /**
     * Takes the weights as they are for those of all evaluations to come. Computed in float64 and rounded once.
     *
     * @param precision that the network will be held in
     */
    void fold(Precision precision) {
        unfold();
        // slots of the caller's scope, which must not free what is kept for as long as this
        Tensor weight = new Tensor();
        Tensor bias = new Tensor();
        weight.retainReference();
        bias.retainReference();
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor own = conv.weight();
            ScalarType type =
                    precision.isMixed() ? precision.type() : own.scalar_type().intern();
            BatchNorm.Fixed fixed = norm.fixed();
            weight.put(own.to(ScalarType.Double)
                    .mul(fixed.scale().view(-1, 1, 1, 1))
                    .to(type));
            bias.put(fixed.shift().to(type));
        }
        folded = new Folded(weight, bias, version());
    }

    void unfold() {
        if (folded != null) {
            folded.weight.close();
            folded.bias.close();
            folded = null;
        }
    }

    /** Grows with whatever writes to the tensors of this. */
    private long version() {
        return conv.weight()._version() + norm.version();
    }

    private record Folded(Tensor weight, Tensor bias, long version) {}
}
