package io.juxta.cut.stylegan2;

import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.Initialization;
import io.juxta.cut.networks.LayerRow;
import io.juxta.cut.networks.NoiseSource;
import io.juxta.cut.strips.Chain;
import io.juxta.cut.strips.Reach;
import io.juxta.cut.strips.RowSource;
import io.juxta.cut.strips.Strips;
import io.juxta.torch.Container;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * SinCUT's generator (Park et al., 2020, single image translation), of the layers of StyleGAN2 (Karras et al., 2020). It has
 * no tanh: its last layer ends in a leaky rectifier, and its images are not clamped. Its weights begin standard normal, as
 * its layers need them: no {@link Initialization} is for it.
 *
 * <p>The encoder's layers can be tapped. With one halving and six blocks:
 *
 * <pre>
 * encoder  0 image itself   1 conv1   2 halving block   3 ... 5 blocks
 * decoder  0 ... 2 blocks   3 doubling   4 conv1
 * </pre>
 *
 * <p>Sides of images must be multiples of two to the power of the halvings; others come out rounded down to that.
 */
@API(status = API.Status.INTERNAL)
public final class StyleGan2Generator extends Generator {
    private static final int WIDEST = 512;
    private static final double REFERENCE = 32;

    private final Options options;
    private final LayerRow encoder;
    private final LayerRow decoder;
    private final List<StyledConv> doublings = new ArrayList<>();
    private NoiseSource noise = NoiseSource.of(0, 0);

    /**
     * @param in channels of images of the source domain
     * @param out channels of images of the target domain
     * @param ngf width: 10 in SinCUT
     * @param size side of training images in pixels, on which the widths depend: 64 in SinCUT
     * @param halvings 1
     * @param blocks that leave the sides as they are, half of them behind the halvings, half before the doublings: 6, in
     *     {@code smallstylegan2} 2
     * @param noise whether doublings add noise; not in {@code smallstylegan2}
     */
    public record Options(int in, int out, int ngf, int size, int halvings, int blocks, boolean noise) {
        public Options {
            if (in < 1 || out < 1 || ngf < 1) {
                throw new IllegalArgumentException("a generator from " + in + " to " + out + " channels with ngf " + ngf
                        + " has nothing to compute: each must be at least 1");
            }
            if (blocks < 0 || blocks % 2 != 0) {
                throw new IllegalArgumentException("blocks " + blocks
                        + " must be even: half of them lie before, half behind the middle (6, or 2)");
            }
            int most = Resolution.nearest(size).halvings();
            if (most == 0) {
                throw new IllegalArgumentException(
                        "images of " + size + " px leave no halving: at least 4 px must be left (64 px)");
            }
            if (halvings < 1 || halvings > most) {
                throw new IllegalArgumentException("halvings " + halvings + " must be from 1 to " + most
                        + " for images of " + size + " px: at least 4 px must be left");
            }
        }

        /** {@code stylegan2}: SinCUT's. */
        public static Options of(int in, int out, int ngf, int size) {
            return new Options(in, out, ngf, size, 1, 6, true);
        }

        /** {@code smallstylegan2}. */
        public static Options small(int in, int out, int ngf, int size) {
            return new Options(in, out, ngf, size, 1, 2, false);
        }
    }

    public StyleGan2Generator(Options options) {
        super("StyleGan2Generator");
        this.options = options;
        Resolution resolution = Resolution.nearest(options.size());
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i <= options.halvings(); i++) {
            widths.add(resolution.channels(options.ngf() / REFERENCE, WIDEST));
            resolution = resolution.halved();
        }
        encoder = encoder(widths);
        decoder = decoder(widths);
        register_module("encoder", new Container("Encoder")).register_module("convs", encoder);
        register_module("decoder", new Container("Decoder")).register_module("convs", decoder);
    }

    private LayerRow encoder(List<Integer> widths) {
        LayerRow row = new LayerRow(options.in()).inPlace(x -> x);
        conv(row, widths.get(0));
        for (int i = 0; i < options.halvings(); i++) {
            StyleBlock half = StyleBlock.halving(widths.get(i), widths.get(i + 1));
            row.add(widths.get(i + 1), half, half::forward)
                    .reaching(Reach.halving(StyleBlock.REACH_OF_HALF))
                    .keeping(StyleBlock.KEPT_OF_HALF);
        }
        return blocks(row);
    }

    private LayerRow decoder(List<Integer> widths) {
        LayerRow row = blocks(new LayerRow(widths.get(options.halvings())));
        for (int i = options.halvings(); i > 0; i--) {
            StyledConv twice = new StyledConv(widths.get(i), widths.get(i - 1), options.noise());
            doublings.add(twice);
            row.add(widths.get(i - 1), twice, x -> twice.forward(x, noise))
                    .reaching(Reach.doubling(1))
                    .keeping(StyledConv.KEPT);
        }
        return conv(row, options.out());
    }

    private static LayerRow conv(LayerRow row, int out) {
        ConvLayer conv = new ConvLayer(row.out(), out, 1);
        return row.add(out, conv, conv::forward);
    }

    private LayerRow blocks(LayerRow row) {
        for (int i = 0; i < options.blocks() / 2; i++) {
            StyleBlock block = StyleBlock.plain(row.out());
            row.add(block, block::forward)
                    .reaching(Reach.near(StyleBlock.REACH))
                    .keeping(StyleBlock.KEPT);
        }
        return row;
    }

    @Override
    public void noise(NoiseSource source) {
        noise = source;
    }

    @Override
    public Tensor forward(Tensor x) {
        return forwardWithTaps(x, List.of()).image();
    }

    @Override
    public List<Tensor> taps(Tensor x, List<Integer> layers) {
        requireFits(x);
        return encoder.forward(x, layers, layers.get(layers.size() - 1) + 1).subList(0, layers.size());
    }

    @Override
    public Tapped forwardWithTaps(Tensor x, List<Integer> layers) {
        requireFits(x);
        List<Tensor> activations = encoder.forward(x, layers, encoder.size());
        Tensor code = activations.get(layers.size());
        return new Tapped(decoder.forward(code), activations.subList(0, layers.size()));
    }

    private void requireFits(Tensor x) {
        int least = 1 << options.halvings();
        if (x.size(1) != options.in() || Math.min(x.size(2), x.size(3)) < least) {
            throw new IllegalArgumentException("the generator takes images of " + options.in()
                    + " channels and at least " + least + " px, not " + StateDict.shape(x));
        }
    }

    @Override
    public Chain chain() {
        return encoder.chain().then(decoder.chain());
    }

    /** All of it in strips, and nothing kept; the noise is the whole image's. */
    @Override
    protected void inStrips(RowSource image, RowSource.Sink sink, Strips strips) {
        int first = encoder.size() + options.blocks() / 2;
        long rows = image.rows() >> options.halvings();
        long columns = image.columns() >> options.halvings();
        Chain chain = chain();
        for (int i = 0; options.noise() && i < doublings.size(); i++) {
            rows *= 2;
            columns *= 2;
            chain = chain.with(first + i, new Noisy(doublings.get(i), noise.draw(1, rows, columns)));
        }
        strips.each(chain, image, sink);
    }

    /**
     * A doubling of a strip.
     *
     * @param noise the whole image's
     */
    private record Noisy(StyledConv twice, Tensor noise) implements Chain.Layer {
        @Override
        public Tensor forward(Tensor x) {
            return forward(x, 0);
        }

        @Override
        public Tensor forward(Tensor x, long from) {
            return twice.forward(x, (N, H, W) -> noise.narrow(2, 2 * from, H));
        }
    }

    /** The encoder's. */
    @Override
    public int layers() {
        return encoder.size();
    }

    @Override
    public int tapChannels(int layer) {
        return encoder.out(layer);
    }
}
