package io.juxta.backbone;

import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One residual block, with or without a bottleneck, the stride in its 3x3 convolution (He et al., 2016, section 3; the
 * stride's place as in torchvision's "v1.5").
 */
final class ResidualBlock extends Container {
    /**
     * Channels below which oneDNN's gradient of a strided 1x1 convolution, channels last, writes beyond its memory (oneDNN
     * issue 6035).
     */
    private static final int ONEDNN_BLOCK = 16;

    private static final int HEIGHT = 2;
    private static final int WIDTH = 3;

    private final List<NormedConvolution> convs = new ArrayList<>();
    private final @Nullable NormedConvolution shortcut;
    /** 2 where the shortcut is given every second pixel only, 1 where its convolution strides itself. */
    private final int thinning;

    /**
     * @param in channels of the input
     * @param planes channels of the layer: the output has {@code planes * expansion}
     * @param width channels of the 3x3 convolution of a bottleneck
     * @param stride 2 to halve the picture
     * @param normGroups batch-norm groups
     */
    ResidualBlock(Architecture architecture, int in, int planes, int width, int stride, int normGroups) {
        super("ResidualBlock");
        int out = planes * architecture.expansion();
        thinning = in < ONEDNN_BLOCK ? stride : 1;
        if (architecture.bottleneck()) {
            add(in, width, 1, 1, 1, normGroups);
            add(width, width, 3, stride, architecture.groups(), normGroups);
            add(width, out, 1, 1, 1, normGroups);
        } else {
            add(in, planes, 3, stride, 1, normGroups);
            add(planes, planes, 3, 1, 1, normGroups);
        }
        if (stride == 1 && in == out) {
            shortcut = null;
        } else {
            Container downsample = new Container("downsample");
            shortcut = new NormedConvolution(in, out, 1, stride / thinning, 1, normGroups);
            downsample.register_module("0", shortcut.conv());
            downsample.register_module("1", shortcut.norm());
            register_module("downsample", downsample);
        }
    }

    private void add(int in, int out, int kernel, int stride, int groups, int normGroups) {
        int number = convs.size() + 1;
        NormedConvolution conv = new NormedConvolution(in, out, kernel, stride, groups, normGroups);
        register_module("conv" + number, conv.conv());
        register_module("bn" + number, conv.norm());
        convs.add(conv);
    }

    /** All of its convolutions, each with its norm. */
    Stream<NormedConvolution> convolutions() {
        return Stream.concat(convs.stream(), Stream.ofNullable(shortcut));
    }

    /** The norm whose weight, where it is 0, makes the block pass on its input alone. */
    BatchNorm lastNorm() {
        return convs.get(convs.size() - 1).norm();
    }

    /** (N, in, H, W) to (N, planes * expansion, H / stride, W / stride). */
    Tensor forward(Tensor x) {
        Tensor y = x;
        int last = convs.size() - 1;
        for (int i = 0; i < last; i++) {
            y = torch.relu_(convs.get(i).forward(y));
        }
        y = convs.get(last).forward(y);
        Tensor identity = shortcut == null ? x : shortcut.forward(thinned(x));
        return torch.relu_(y.add_(identity));
    }

    private Tensor thinned(Tensor x) {
        LongOptional whole = new LongOptional();
        return thinning == 1 ? x : x.slice(HEIGHT, whole, whole, thinning).slice(WIDTH, whole, whole, thinning);
    }
}
