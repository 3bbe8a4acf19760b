package io.juxta.cut.stylegan2;

import io.juxta.torch.Container;
import org.bytedeco.pytorch.Tensor;

/** A convolution of StyleGAN2 that keeps the sides of a picture, with bias and rectifier behind it. */
final class ConvLayer extends Container {
    private final EqualConv conv;
    private final FusedLeakyRelu activation;
    private final int padding;

    /** @param kernel side of the kernel, odd */
    ConvLayer(int in, int out, int kernel) {
        super("ConvLayer");
        conv = register_module("0", new EqualConv(in, out, kernel));
        activation = register_module("1", new FusedLeakyRelu(1, out, 1, 1));
        padding = kernel / 2;
    }

    /** (N, in, H, W) to (N, out, H, W), with StyleGAN2's gain of sqrt 2. */
    Tensor forward(Tensor x) {
        return forward(x, FusedLeakyRelu.GAIN);
    }

    Tensor forward(Tensor x, double gain) {
        return activation.forward(conv.forward(x, 1, padding, gain), gain);
    }
}
