package io.juxta.cut.stylegan2;

import io.juxta.torch.Torch;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A square convolution without bias whose weight, (out, in, k, k), begins standard normal and is scaled by 1 / sqrt(fan-in)
 * whenever it is used: every layer learns at the same rate (Karras et al., 2018, section 4.1).
 */
final class EqualConv extends Module {
    static {
        Torch.withoutNnpack();
    }

    private final Tensor weight;
    private final double scale;

    EqualConv(int in, int out, int kernel) {
        super("EqualConv");
        weight = torch.randn(out, in, kernel, kernel);
        register_parameter("weight", weight);
        scale = 1 / Math.sqrt((double) in * kernel * kernel);
    }

    /**
     * @param stride step in both directions
     * @param padding rows and columns of zeros on every side
     * @param gain of the result
     */
    Tensor forward(Tensor x, long stride, long padding, double gain) {
        return torch.conv2d(
                x,
                weight.mul(new Scalar(scale * gain)),
                new TensorOptional(),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                1);
    }
}
