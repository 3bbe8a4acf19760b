package io.juxta.cut.stylegan2;

import io.juxta.torch.Container;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A residual block of StyleGAN2's discriminator (Karras et al., 2020, section 4), of which SinCUT's generator consists as
 * well: two convolutions, and the sum with what they were given divided by sqrt 2.
 */
abstract class StyleBlock extends Container {
    /** The rectifier's gain of sqrt 2 and the division of the sum cancel out. */
    private static final double BRANCH_GAIN = 1;

    /** Rows above and below on which a row of {@link #plain} depends. */
    static final int REACH = 2;

    /** The same for {@link #halving}: a convolution, the low pass, and a convolution of stride 2. */
    static final int REACH_OF_HALF = 4;

    /** What {@link #plain} keeps for the backward pass, times what it leaves: two convolutions and the sum. */
    static final int KEPT = 3;

    /** The same for {@link #halving}, whose first two layers leave four times as much, and whose low pass is separate. */
    static final int KEPT_OF_HALF = 16;

    private static final double SKIP_GAIN = 1 / Math.sqrt(2);

    private StyleBlock(String name) {
        super(name);
    }

    abstract Tensor forward(Tensor x);

    /** Leaves sides and channels as they are. */
    static StyleBlock plain(int channels) {
        return new Plain(channels);
    }

    /** Halves the sides, odd ones rounded down. */
    static StyleBlock halving(int in, int out) {
        return new Halving(in, out);
    }

    private static final class Plain extends StyleBlock {
        private final ConvLayer first;
        private final ConvLayer second;

        Plain(int channels) {
            super("Plain");
            first = register_module("conv1", new ConvLayer(channels, channels, 3));
            second = register_module("conv2", new ConvLayer(channels, channels, 3));
        }

        @Override
        Tensor forward(Tensor x) {
            Tensor branch = second.forward(first.forward(x), BRANCH_GAIN);
            return branch.add(x, new Scalar(SKIP_GAIN));
        }
    }

    private static final class Halving extends StyleBlock {
        private final ConvLayer first;
        private final Half second;
        private final FusedLeakyRelu activation;
        private final Half skip;

        Halving(int in, int out) {
            super("Halving");
            first = register_module("conv1", new ConvLayer(in, in, 3));
            second = register_module("conv2", new Half(in, out, 3));
            activation = second.register_module("2", new FusedLeakyRelu(1, out, 1, 1));
            skip = register_module("skip", new Half(in, out, 1));
        }

        @Override
        Tensor forward(Tensor x) {
            Tensor branch = activation.forward(second.forward(first.forward(x), BRANCH_GAIN), BRANCH_GAIN);
            return branch.add(skip.forward(x, SKIP_GAIN));
        }
    }

    /** A low pass and a convolution of stride 2. */
    private static final class Half extends Container {
        private final Blur blur;
        private final EqualConv conv;
        private final boolean single;

        Half(int in, int out, int kernel) {
            super("Half");
            blur = register_module("0", new Blur((kernel + 1) / 2, 1));
            conv = register_module("1", new EqualConv(in, out, kernel));
            single = kernel == 1;
        }

        Tensor forward(Tensor x, double gain) {
            // a kernel of one pixel leaves three quarters of a blurred picture unseen: they are not made
            return single ? conv.forward(blur.forward(x, 2), 1, 0, gain) : conv.forward(blur.forward(x, 1), 2, 0, gain);
        }
    }
}
