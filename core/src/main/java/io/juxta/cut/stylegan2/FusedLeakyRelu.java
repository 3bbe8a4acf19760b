package io.juxta.cut.stylegan2;

import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A bias and a leaky rectifier of slope 0.2, whose result StyleGAN2 multiplies by sqrt 2 to keep the variance.
 *
 * <p>The rectifier of a multiple is the multiple of the rectifier. So the gain is not a pass of its own over the
 * activations: the layer in front puts it into its weight, and here it is put into the bias.
 */
final class FusedLeakyRelu extends Module {
    static final double GAIN = Math.sqrt(2);

    private static final double SLOPE = 0.2;

    private final Tensor bias;

    /** @param shape of the bias: (1, C, 1, 1) behind a convolution, (C) behind a linear layer */
    FusedLeakyRelu(long... shape) {
        super("FusedLeakyRelu");
        bias = torch.zeros(shape);
        register_parameter("bias", bias);
    }

    /**
     * @param x what the layer in front leaves, with its gain; overwritten
     * @param gain the same as in front
     */
    Tensor forward(Tensor x, double gain) {
        return activate(x, bias, gain);
    }

    /** The same with a bias that belongs to another module. */
    static Tensor activate(Tensor x, Tensor bias, double gain) {
        return torch.leaky_relu_(x.add_(bias.mul(new Scalar(gain))), new Scalar(SLOPE));
    }
}
