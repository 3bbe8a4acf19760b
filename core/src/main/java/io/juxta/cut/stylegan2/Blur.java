package io.juxta.cut.stylegan2;

import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * StyleGAN2's low pass: every channel with the outer product of [1, 3, 3, 1] / 8 (Karras et al., 2020), borders filled
 * with zeros. The filter is saved as {@code kernel}.
 */
final class Blur extends Module {
    private static final int[] TAPS = {1, 3, 3, 1};
    private static final int SIDE = TAPS.length;

    private final Tensor kernel; // 4 x 4, symmetric
    private final long padding;

    /**
     * @param padding rows and columns of zeros on every side: a side of n pixels becomes n + 2 padding - 3
     * @param gain what a plane of ones becomes far from its border
     */
    Blur(int padding, double gain) {
        super("Blur");
        this.padding = padding;
        float[] values = new float[SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (gain * TAPS[i / SIDE] * TAPS[i % SIDE] / 64);
        }
        kernel = Tensor.create(values, SIDE, SIDE);
        register_buffer("kernel", kernel);
    }

    /** (N, C, H, W) to the same channels, of which every {@code step}-th row and column is kept, from the first on. */
    Tensor forward(Tensor x, long step) {
        long channels = x.size(1);
        Tensor filters = kernel.expand(channels, 1, SIDE, SIDE);
        return torch.conv2d(
                x,
                filters,
                new TensorOptional(),
                new long[] {step, step},
                new long[] {padding, padding},
                new long[] {1, 1},
                channels);
    }
}
