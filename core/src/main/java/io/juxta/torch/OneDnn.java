package io.juxta.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Convolutions that are right where oneDNN's are not. On virtual machines whose processor does not say how large its caches
 * are, the oneDNN of libtorch 2.10 (3.7.1) garbles images that lie channel after channel and whose channels do not fill its
 * blocks of 8 or 16, without any error, and divides by zero for kernels of one pixel, which ends the process. There both
 * are computed in float64, without oneDNN: rightly, and many times slower.
 */
public final class OneDnn {
    private static final boolean GARBLES = tried();

    private OneDnn() {}

    /** A convolution of an input with a weight. */
    @FunctionalInterface
    public interface Convolution {
        Tensor of(Tensor x, Tensor weight);
    }

    /** Whether this machine is one of those, found out by a small convolution. */
    public static boolean isAvoided() {
        return GARBLES;
    }

    /**
     * A convolution, without oneDNN where that would get it wrong.
     *
     * @param x (N, C, H, W)
     */
    public static Tensor convolve(Tensor x, Tensor weight, Convolution convolution) {
        if (!GARBLES
                || !x.is_cpu()
                || x.scalar_type().intern() != ScalarType.Float
                || (!isOnePixel(weight) && (isChannelsLast(x) || isChannelsLast(weight)))) {
            return convolution.of(x, weight);
        }
        return convolution
                .of(x.to(ScalarType.Double), weight.to(ScalarType.Double))
                .to(ScalarType.Float);
    }

    private static boolean isOnePixel(Tensor weight) {
        return weight.size(2) == 1 && weight.size(3) == 1;
    }

    private static boolean isChannelsLast(Tensor x) {
        return x.suggest_memory_format().intern() == MemoryFormat.ChannelsLast;
    }

    private static boolean tried() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            // NNPACK would get only what oneDNN takes before it, convolutions of 16 images and more;
            // but where it cannot start, without AVX2 or a word about the caches, it says so each time
            torch.globalContext().setUserEnabledNNPACK(false);
            Tensor x = waves(2, 20, 16, 16);
            Tensor weight = waves(20, 20, 3, 3);
            double difference = convolved(x.to(ScalarType.Float), weight.to(ScalarType.Float))
                    .to(ScalarType.Double)
                    .sub(convolved(x, weight))
                    .abs()
                    .max()
                    .item_double();
            return !(difference < 1e-3);
        }
    }

    /** Not drawn: libtorch's generator belongs to the run. */
    private static Tensor waves(long... shape) {
        long count = shape[0] * shape[1] * shape[2] * shape[3];
        TensorOptions options = new TensorOptions().dtype(new ScalarTypeOptional(ScalarType.Double));
        return torch.arange(new Scalar((double) count), options).sin().view(shape);
    }

    private static Tensor convolved(Tensor x, Tensor weight) {
        return torch.conv2d(x, weight, new TensorOptional(), new long[] {1}, new long[] {1}, new long[] {1}, 1);
    }
}
