package io.juxta.torch;

import io.juxta.natives.Natives;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Whether this machine convolves rightly. oneDNN 3.7.1 (libtorch 2.10) garbled images that lie channel after channel on
 * virtual machines that hide the sizes of their caches, without any error; 3.12 (libtorch 2.13) does not. What a library
 * got wrong once in silence is looked at wherever it runs: results and gradients in float32, in both layouts, against
 * float64's, which do not go through oneDNN.
 */
@API(status = API.Status.INTERNAL)
public final class ConvolutionCheck {
    static {
        Natives.torch();
    }

    /** The largest error of float32 that is rounding, relative to the largest value of what is compared. */
    public static final double ROUNDING = 1e-5;

    private static final List<Shape> SHAPES = List.of(
            new Shape(3, 8, 3, 1, 1, false),
            new Shape(8, 8, 3, 1, 1, false),
            new Shape(20, 24, 3, 2, 1, false),
            new Shape(24, 1, 1, 1, 1, false),
            new Shape(64, 20, 1, 2, 1, false),
            new Shape(1, 20, 7, 1, 1, false),
            new Shape(3, 16, 7, 2, 1, false),
            new Shape(16, 16, 3, 1, 16, false),
            new Shape(32, 32, 3, 1, 4, false),
            new Shape(20, 12, 3, 2, 1, true),
            new Shape(8, 4, 3, 2, 1, true));

    private ConvolutionCheck() {}

    /** A convolution: channels, side of the kernel, step, groups, and whether it is transposed. */
    private record Shape(int in, int out, int kernel, int stride, int groups, boolean transposed) {
        long[] weight() {
            return transposed ? new long[] {in, out, kernel, kernel} : new long[] {out, in / groups, kernel, kernel};
        }

        Tensor convolve(Tensor x, Tensor weight) {
            TensorOptional none = new TensorOptional();
            long[] step = {stride, stride};
            long[] padding = {kernel / 2, kernel / 2};
            long[] one = {1, 1};
            return transposed
                    ? torch.conv_transpose2d(x, weight, none, step, padding, new long[] {1, 1}, groups, one)
                    : torch.conv2d(x, weight, none, step, padding, one, groups);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s%d -> %d channels, %d x %d, step %d, groups %d",
                    transposed ? "transposed " : "",
                    in,
                    out,
                    kernel,
                    kernel,
                    stride,
                    groups);
        }
    }

    /** The convolutions that are wrong here, each with its error; empty on a sound machine. Takes a fraction of a second. */
    public static List<String> wrong() {
        Torch.withoutNnpack();
        List<String> wrong = new ArrayList<>();
        for (Shape shape : SHAPES) {
            for (MemoryFormat format : new MemoryFormat[] {MemoryFormat.Contiguous, MemoryFormat.ChannelsLast}) {
                double error = error(shape, format);
                // not "greater than": an error that is no number is one
                if (!(error < ROUNDING)) {
                    wrong.add(String.format(Locale.ROOT, "%s, %s: off by %.1e", shape, format, error));
                }
            }
        }
        return wrong;
    }

    /** The largest difference of the result, the input's gradient and the weight's, relative to the largest value of each. */
    private static double error(Shape shape, MemoryFormat format) {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> single = pass(shape, format, ScalarType.Float);
            List<Tensor> exact = pass(shape, MemoryFormat.Contiguous, ScalarType.Double);
            double worst = 0;
            for (int i = 0; i < exact.size(); i++) {
                Tensor difference = single.get(i).to(ScalarType.Double).sub(exact.get(i));
                double off = difference.abs().max().item_double()
                        / exact.get(i).abs().max().item_double();
                worst = Double.isNaN(off) ? Double.POSITIVE_INFINITY : Math.max(worst, off);
            }
            return worst;
        }
    }

    private static List<Tensor> pass(Shape shape, MemoryFormat format, ScalarType type) {
        Tensor x = waves(2, shape.in, 16, 16).to(type).contiguous(format).set_requires_grad(true);
        Tensor weight = waves(shape.weight()).to(type).contiguous(format).set_requires_grad(true);
        Tensor y = shape.convolve(x, weight);
        y.square().sum().backward();
        return List.of(y, x.grad(), weight.grad());
    }

    /** Not drawn: libtorch's generator belongs to the run. */
    private static Tensor waves(long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        TensorOptions options = new TensorOptions().dtype(new ScalarTypeOptional(ScalarType.Double));
        return torch.arange(new Scalar((double) count), options).sin().view(shape);
    }
}
