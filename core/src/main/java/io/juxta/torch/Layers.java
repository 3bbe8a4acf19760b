package io.juxta.torch;

import io.juxta.natives.Natives;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;

/**
 * Builds libtorch's layers. The option objects of the Java binding have setters that compile and write out of bounds
 * ({@code options.stride().put(2, 2)} puts 2 at index 2); every layer is made here so that nobody meets them.
 */
@API(status = API.Status.INTERNAL)
public final class Layers {
    static {
        Natives.torch();
    }

    static {
        Torch.withoutNnpack();
    }

    private Layers() {}

    /**
     * A square 2-D convolution with padding {@code kernel / 2} and no bias, as every convolution of a ResNet. The
     * weight, (out, in / groups, kernel, kernel), holds libtorch's default initialisation.
     *
     * @param in channels of the input
     * @param out channels of the output
     * @param kernel side of the kernel, odd
     * @param stride step in both directions
     * @param groups 1 for a plain convolution; divides {@code in} and {@code out}
     */
    public static Conv2dImpl conv2d(int in, int out, int kernel, int stride, int groups) {
        if (kernel % 2 == 0 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("convolution " + in + " -> " + out + ", kernel " + kernel + ", groups "
                    + groups + ": the kernel must be odd and the groups divide both channel counts");
        }
        return conv2d(in, out, kernel, stride, kernel / 2, groups, false);
    }

    /**
     * A square 2-D convolution of one group, padded with zeros. The weight, (out, in, kernel, kernel), and the bias hold
     * libtorch's default initialisation.
     *
     * @param padding rows and columns of zeros on every side
     */
    public static Conv2dImpl conv2d(int in, int out, int kernel, int stride, int padding, boolean bias) {
        return conv2d(in, out, kernel, stride, padding, 1, bias);
    }

    private static Conv2dImpl conv2d(int in, int out, int kernel, int stride, int padding, int groups, boolean bias) {
        try (LongPointer size = pair(kernel);
                Conv2dOptions options = new Conv2dOptions(in, out, size);
                LongPointer step = pair(stride);
                LongPointer margin = pair(padding)) {
            options.stride().put(step);
            options.padding().put(margin);
            options.groups().put(groups);
            options.bias().put(bias);
            return new Conv2dImpl(options);
        }
    }

    /**
     * A 3x3 transposed convolution that doubles both sides of the picture exactly. The weight is (in, out, 3, 3).
     */
    public static ConvTranspose2dImpl doubling(int in, int out, boolean bias) {
        try (LongPointer size = pair(3);
                ConvTranspose2dOptions options = new ConvTranspose2dOptions(in, out, size);
                LongPointer step = pair(2);
                LongPointer margin = pair(1);
                LongPointer more = pair(1)) {
            options.stride().put(step);
            options.padding().put(margin);
            options.output_padding().put(more);
            options.bias().put(bias);
            return new ConvTranspose2dImpl(options);
        }
    }

    /** A fully connected layer with bias: weight (out, in) and bias uniform in ±1/sqrt(in), libtorch's default. */
    public static LinearImpl linear(int in, int out) {
        try (LinearOptions options = new LinearOptions(in, out)) {
            return new LinearImpl(options);
        }
    }

    /** A fully connected layer without bias: weight (out, in), uniform in ±1/sqrt(in). */
    public static LinearImpl linearWithoutBias(int in, int out) {
        try (LinearOptions options = new LinearOptions(in, out)) {
            options.bias().put(false);
            return new LinearImpl(options);
        }
    }

    private static LongPointer pair(long value) {
        return new LongPointer(value, value);
    }
}
