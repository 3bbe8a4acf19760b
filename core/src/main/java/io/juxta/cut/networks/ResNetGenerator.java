package io.juxta.cut.networks;

import io.juxta.cut.strips.Chain;
import io.juxta.cut.strips.KeptRows;
import io.juxta.cut.strips.Reach;
import io.juxta.cut.strips.RowSource;
import io.juxta.cut.strips.Strips;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The ResNet generator of CUT (Park et al., 2020, appendix C.1, after Johnson et al., 2016): two halvings, residual
 * blocks, two doublings. Sides must be multiples of 4.
 *
 * <p>Layers are numbered as they stand in a row, and that number is what a tap and a tensor's name use. With nine
 * blocks:
 *
 * <pre>
 *  0 pad    1 conv7   2 norm   3 relu
 *  4 conv3  5 norm    6 relu   7 halve    8 conv3   9 norm  10 relu  11 halve
 * 12 ... 20 blocks
 * 21 double 22 conv3 23 norm  24 relu    25 double 26 conv3 27 norm  28 relu
 * 29 pad   30 conv7  31 tanh
 * </pre>
 *
 * <p>Tap 0 is the padded image itself. Without anti-aliasing a halving lies in the convolution in front of it, and later
 * numbers are lower by one, then by two: the blocks begin at 10, and the taps 8, 12 and 16 of the default are a norm, the
 * third and the seventh block. Without it on the way up, a transposed convolution stands for doubling and convolution. A
 * norm's activations are seen behind the relu that follows, which works in place, as in the original.
 */
@API(status = API.Status.INTERNAL)
public final class ResNetGenerator extends Generator {
    private static final int HALVINGS = 2;

    private final LayerRow model;
    private final List<Block> blocks = new ArrayList<>();
    private final int firstBlock;
    private final boolean perImage;

    /**
     * @param in channels of images of the source domain
     * @param out channels of images of the target domain
     * @param ngf channels behind the first convolution: 64
     * @param blocks residual blocks: 9 or 6
     * @param dropout whether half of the activations within a block are dropped while training: not in CUT
     * @param antialias whether halvings have a low pass: in CUT they do
     * @param antialiasUp whether doublings do
     */
    public record Options(
            int in, int out, int ngf, int blocks, Norm norm, boolean dropout, boolean antialias, boolean antialiasUp) {}

    public ResNetGenerator(Options options) {
        super("ResNetGenerator");
        Norm norm = options.norm();
        perImage = norm.isPerImage() && !options.dropout();
        model = register_module("model", new LayerRow(options.in()));
        model.add(ResNetGenerator::pad).reaching(Reach.padding(3)).conv(options.ngf(), 7, 1, 0, norm.biased());
        model.norm(norm).inPlace(torch::relu_);
        for (int halving = 0; halving < HALVINGS; halving++) {
            model.conv(2 * model.out(), 3, options.antialias() ? 1 : 2, 1, norm.biased());
            model.norm(norm).inPlace(torch::relu_);
            if (options.antialias()) {
                Resampling half = Resampling.halving(model.out());
                model.add(half, half::forward).reaching(Reach.halving(1)).keeping(Resampling.KEPT_OF_HALF);
            }
        }
        firstBlock = model.size();
        for (int i = 0; i < options.blocks(); i++) {
            Block block = new Block(model.out(), norm, options.dropout());
            blocks.add(block);
            model.add(block, block::forward).reaching(block.reach()).keeping(Block.KEPT);
        }
        for (int doubling = 0; doubling < HALVINGS; doubling++) {
            if (options.antialiasUp()) {
                Resampling twice = Resampling.doubling(model.out());
                model.add(twice, twice::forward).reaching(Reach.doubling(1));
                model.conv(model.out() / 2, 3, 1, 1, norm.biased());
            } else {
                ConvTranspose2dImpl twice = Layers.doubling(model.out(), model.out() / 2, norm.biased());
                model.add(model.out() / 2, twice, twice::forward).reaching(Reach.doubling(1));
            }
            model.norm(norm).inPlace(torch::relu_);
        }
        model.add(ResNetGenerator::pad)
                .reaching(Reach.padding(3))
                .conv(options.out(), 7, 1, 0, true)
                .add(torch::tanh);
    }

    private static Tensor pad(Tensor x) {
        return Borders.reflected(x, 3);
    }

    @Override
    public Tensor forward(Tensor x) {
        return model.forward(x);
    }

    @Override
    public List<Tensor> taps(Tensor x, List<Integer> layers) {
        return model.forward(x, layers, layers.get(layers.size() - 1) + 1).subList(0, layers.size());
    }

    @Override
    public Tapped forwardWithTaps(Tensor x, List<Integer> layers) {
        List<Tensor> activations = model.forward(x, layers, model.size());
        return new Tapped(activations.get(layers.size()), activations.subList(0, layers.size()));
    }

    @Override
    public boolean isPerImage() {
        return perImage;
    }

    @Override
    public int layers() {
        return model.size();
    }

    @Override
    public int tapChannels(int layer) {
        return model.out(layer);
    }

    @Override
    public Chain chain() {
        return model.chain();
    }

    /** What the blocks work on is kept as a whole, and once more; the layers around them pass the image in strips. */
    @Override
    protected void inStrips(RowSource image, RowSource.Sink sink, Strips strips) {
        Chain front = model.chain(0, firstBlock);
        long[] shape = {1, front.out(), image.rows() >> HALVINGS, image.columns() >> HALVINGS};
        Tensor x = image.rows(0, 1).new_empty(shape);
        Strips lean = strips.beside(x.nbytes(), 4);
        lean.each(lean.measured(front, image), image, new KeptRows(x, 0));
        // a block's strips need only a row more above and below: they may be low
        Strips leaner = strips.beside(2 * x.nbytes(), 16);
        blocks.forEach(block -> block.add(x, leaner));
        RowSource code = RowSource.of(x);
        lean.each(lean.measured(model.chain(firstBlock + blocks.size(), model.size()), code), code, sink);
    }

    /** {@code x + conv(relu(conv(x)))}, each convolution with its norm, and nothing behind the sum. */
    private static final class Block extends Container {
        /** Both pads, convolutions and norms, and the sum. */
        static final int KEPT = 7;

        private final LayerRow row;

        Block(int channels, Norm norm, boolean dropout) {
            super("Block");
            row = register_module("conv_block", new LayerRow(channels));
            row.add(Block::pad).reaching(Reach.padding(1)).conv(channels, 3, 1, 0, norm.biased());
            row.norm(norm).inPlace(torch::relu_);
            if (dropout) {
                row.add(x -> torch.dropout(x, 0.5, is_training()));
            }
            row.add(Block::pad).reaching(Reach.padding(1)).conv(channels, 3, 1, 0, norm.biased());
            row.norm(norm);
        }

        private static Tensor pad(Tensor x) {
            return Borders.reflected(x, 1);
        }

        Tensor forward(Tensor x) {
            return x.add(row.forward(x));
        }

        Reach reach() {
            Chain chain = row.chain();
            return chain.firstWhole() < row.size() ? Reach.WHOLE : Reach.near(chain.margin());
        }

        /** Makes x what {@link #forward} gives. */
        void add(Tensor x, Strips strips) {
            try (PointerScope scope = new PointerScope()) {
                x.add_(strips.kept(row.chain(), x));
            }
        }
    }
}
