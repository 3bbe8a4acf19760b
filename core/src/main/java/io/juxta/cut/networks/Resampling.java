package io.juxta.cut.networks;

import io.juxta.torch.Container;
import java.util.Arrays;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Halves or doubles a picture with a low pass, so that a shift of the input is a shift of the output (Zhang 2019, "Making
 * convolutional networks shift-invariant again"). The filter, the same for every channel, is saved as {@code filt}.
 */
@API(status = API.Status.INTERNAL)
public final class Resampling extends Container {
    /** The padded picture, four times as large as what is left, and that. */
    public static final int KEPT_OF_HALF = 5;

    private static final double[] HALVING = {1, 2, 1};
    private static final double[] DOUBLING = {1, 3, 3, 1};

    private final Tensor filter; // C x 1 x k x k
    private final long channels;
    private final boolean doubles;

    private Resampling(int channels, double[] taps, double gain, boolean doubles) {
        super("Resampling");
        this.channels = channels;
        this.doubles = doubles;
        filter = filter(channels, taps, gain);
        register_buffer("filt", filter);
    }

    /** Sides halve, odd ones rounded up; [1, 2, 1] both ways, borders reflected. */
    public static Resampling halving(int channels) {
        return new Resampling(channels, HALVING, 1, false);
    }

    /** Sides double exactly; [1, 3, 3, 1] both ways, borders repeated. */
    public static Resampling doubling(int channels) {
        return new Resampling(channels, DOUBLING, 4, true);
    }

    /** The outer product of the taps, which sums to the gain. */
    private static Tensor filter(int channels, double[] taps, double gain) {
        double sum = Arrays.stream(taps).sum();
        float[] values = new float[taps.length * taps.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (gain * taps[i / taps.length] * taps[i % taps.length] / (sum * sum));
        }
        return Tensor.create(values, 1, 1, taps.length, taps.length)
                .repeat(channels, 1, 1, 1)
                .contiguous();
    }

    public Tensor forward(Tensor x) {
        long[] two = {2, 2};
        long[] zero = {0, 0};
        long[] one = {1, 1};
        if (!doubles) {
            return torch.conv2d(Borders.reflected(x, 1), filter, new TensorOptional(), two, zero, one, channels);
        }
        long[] cut = {3, 3}; // two that the filter adds, and a pixel of the doubled border
        return torch.conv_transpose2d(
                Borders.repeated(x, 1), filter, new TensorOptional(), two, cut, zero, channels, one);
    }
}
