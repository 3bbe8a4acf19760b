package io.juxta.benchmarks;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.moco.MocoOptions;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** One convolution of an encoder with an input and an output gradient of its own, all channels last. */
final class Convolution implements AutoCloseable {
    private static final long[] ONE = {1, 1};
    private static final long[] NONE = {0, 0};

    private final Tensor x;
    private final Tensor weight;
    private final Tensor dy;
    private final long[] stride;
    private final long[] padding;
    private final BoolPointer wanted;

    private Convolution(Tensor x, Tensor weight, long stride, boolean first) {
        this.x = x;
        this.weight = weight;
        this.stride = new long[] {stride, stride};
        long margin = weight.size(2) / 2;
        padding = new long[] {margin, margin};
        try (Tensor y = forward()) {
            dy = torch.randn_like(y).contiguous(MemoryFormat.ChannelsLast);
        }
        // nobody wants the gradient of the images
        wanted = new BoolPointer(3).put(0, !first).put(1, true).put(2, false);
    }

    /**
     * The convolutions of an encoder made of basic blocks, in the order of its forward pass.
     *
     * @param batch images
     * @param side pixels of the images
     */
    static List<Convolution> of(EncoderNetwork encoder, MocoOptions options, long batch, long side) {
        if (Architecture.named(options.arch()).bottleneck()) {
            throw new IllegalArgumentException(options.arch() + " has bottlenecks; only basic blocks are known here");
        }
        boolean photos = options.stem() == Architecture.Stem.IMAGENET;
        List<Convolution> all = new ArrayList<>();
        try (NoGradGuard guard = new NoGradGuard()) {
            long now = side;
            for (Map.Entry<String, Tensor> entry : StateDict.parameters(encoder).entrySet()) {
                Tensor weight = entry.getValue();
                if (weight.dim() != 4) {
                    continue;
                }
                String name = entry.getKey();
                boolean first = name.equals("conv1.weight");
                boolean halves = first ? photos : name.matches("layer[2-4]\\.0\\.conv1\\.weight");
                boolean shortcut = name.contains("downsample");
                // a shortcut reads what its block read, which is twice as large as what the block has made by then
                long input = shortcut ? 2 * now : now;
                Tensor x = torch.randn(batch, weight.size(1), input, input).contiguous(MemoryFormat.ChannelsLast);
                all.add(new Convolution(x, weight, halves || shortcut ? 2 : 1, first));
                now = halves ? now / 2 : now;
                if (first && photos) {
                    now /= 2;
                }
            }
        }
        return all;
    }

    /** The output, (N, out, H / stride, W / stride). */
    Tensor forward() {
        return torch.conv2d(x, weight, new TensorOptional(), stride, padding, ONE, 1);
    }

    /** What one MoCo step asks of it: a query's and a key's forward pass, and the query's gradients. */
    void step() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            forward();
            forward();
            torch.convolution_backward(dy, x, weight, NONE, stride, padding, ONE, false, NONE, 1, wanted);
        }
    }

    @Override
    public void close() {
        x.close();
        dy.close();
        wanted.close();
    }
}
