package io.juxta.cut.stylegan2;

import io.juxta.cut.networks.NoiseSource;
import io.juxta.torch.Container;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * StyleGAN2's convolution that doubles the sides, where every style is 1 (Karras et al., 2020, section 2.2): the weight is
 * demodulated, so that the result has the variance of the input; noise and a rectifier follow.
 */
final class StyledConv extends Container {
    /** What is kept for the backward pass, times what is left: the transposed convolution, the low pass, noise and its sum. */
    static final int KEPT = 4;

    private final Modulated conv;
    private final TensorOptional noiseWeight;
    private final FusedLeakyRelu activation;

    /** @param noisy whether there is noise */
    StyledConv(int in, int out, boolean noisy) {
        super("StyledConv");
        conv = register_module("conv", new Modulated(in, out));
        noiseWeight = noisy ? noiseWeight() : new TensorOptional();
        activation = register_module("activate", new FusedLeakyRelu(1, out, 1, 1));
    }

    private TensorOptional noiseWeight() {
        Tensor weight = torch.zeros(1);
        register_module("noise", new Container("Noise")).register_parameter("weight", weight);
        return new TensorOptional(weight);
    }

    /**
     * (N, in, H, W) to (N, out, 2 H, 2 W).
     *
     * @param source is asked once, where there is noise
     */
    Tensor forward(Tensor x, NoiseSource source) {
        Tensor y = conv.forward(x, FusedLeakyRelu.GAIN);
        if (noiseWeight.has_value()) {
            Tensor noise = source.draw(y.size(0), y.size(2), y.size(3)).to(y.device(), y.scalar_type());
            y = y.add(noise.mul(noiseWeight.get()), new Scalar(FusedLeakyRelu.GAIN));
        }
        return activation.forward(y, FusedLeakyRelu.GAIN);
    }

    /** A transposed convolution of stride 2 whose filters have length 1, and the low pass that it needs. */
    static final class Modulated extends Container {
        private static final double EPSILON = 1e-8;
        private static final long[] FILTER = {2, 3, 4};

        private final Tensor weight; // 1 x out x in x 3 x 3
        private final double scale;
        private final Blur blur;

        Modulated(int in, int out) {
            super("Modulated");
            weight = torch.randn(1, out, in, 3, 3);
            register_parameter("weight", weight);
            scale = 1 / Math.sqrt(in * 9.0);
            blur = register_module("blur", new Blur(1, 4));
        }

        Tensor forward(Tensor x, double gain) {
            Tensor filters = filters(gain).transpose(0, 1);
            Tensor y = torch.conv_transpose2d(
                    x,
                    filters,
                    new TensorOptional(),
                    new long[] {2, 2},
                    new long[] {0, 0},
                    new long[] {0, 0},
                    1,
                    new long[] {1, 1});
            return blur.forward(y, 1);
        }

        /** The demodulated weight, out x in x 3 x 3. */
        Tensor filters(double gain) {
            Tensor scaled = weight.mul(new Scalar(scale));
            Tensor demodulation = scaled.square()
                    .sum(FILTER, true, new ScalarTypeOptional())
                    .add(new Scalar(EPSILON))
                    .rsqrt()
                    .mul(new Scalar(gain));
            return scaled.mul(demodulation).squeeze(0);
        }
    }
}
