package io.juxta.cut.stylegan2;

import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A linear layer with bias whose weight, (out, in), is scaled when it is used, see {@link EqualConv}. */
final class EqualLinear extends Module {
    private final Tensor weight;
    private final Tensor bias;
    private final double scale;

    EqualLinear(int in, int out) {
        super("EqualLinear");
        weight = torch.randn(out, in);
        register_parameter("weight", weight);
        bias = torch.zeros(out);
        register_parameter("bias", bias);
        scale = 1 / Math.sqrt(in);
    }

    /** (N, in) to (N, out). */
    Tensor forward(Tensor x) {
        return product(x, 1).add_(bias);
    }

    /** The same, rectified as by {@link FusedLeakyRelu} and with its gain. */
    Tensor activated(Tensor x) {
        return FusedLeakyRelu.activate(product(x, FusedLeakyRelu.GAIN), bias, FusedLeakyRelu.GAIN);
    }

    private Tensor product(Tensor x, double gain) {
        return torch.linear(x, weight.mul(new Scalar(scale * gain)));
    }
}
