package io.juxta.cut.stylegan2;

import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.LayerRow;
import io.juxta.cut.strips.Chain;
import io.juxta.cut.strips.Reach;
import io.juxta.torch.StateDict;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * SinCUT's discriminator (Park et al., 2020, single image translation): StyleGAN2's (Karras et al., 2020) without its
 * comparison of the images of a batch. It gives one score for an image, and its last layers see all of it: the size of
 * images is fixed.
 */
@API(status = API.Status.INTERNAL)
public final class StyleGan2Discriminator extends Discriminator {
    private static final int WIDEST = 384;
    private static final double REFERENCE = 64;

    private final Options options;
    private final LayerRow convs;
    private final ConvLayer last;
    private final LayerRow scores;

    /**
     * @param in channels of the images
     * @param ndf width: 8 in SinCUT
     * @param size both sides of the images, in pixels: 64 in SinCUT. There are as many halvings as the power of two nearest
     *     to it has down to 4; a size between powers of two is left with 2 to 5 pixels, not 4
     */
    public record Options(int in, int ndf, int size) {
        public Options {
            if (in < 1 || ndf < 1) {
                throw new IllegalArgumentException("a discriminator of " + in + " channels with ndf " + ndf
                        + " has nothing to compute: each must be at least 1");
            }
            Resolution.nearest(size);
        }
    }

    public StyleGan2Discriminator(Options options) {
        super("StyleGan2Discriminator");
        this.options = options;
        Resolution resolution = Resolution.nearest(options.size());
        int halvings = resolution.halvings();
        convs = register_module("convs", new LayerRow(options.in()));
        ConvLayer first = new ConvLayer(options.in(), width(resolution), 1);
        convs.add(width(resolution), first, first::forward);
        for (int i = 0; i < halvings; i++) {
            resolution = resolution.halved();
            StyleBlock half = StyleBlock.halving(convs.out(), width(resolution));
            convs.add(width(resolution), half, half::forward)
                    .reaching(Reach.halving(StyleBlock.REACH_OF_HALF))
                    .keeping(StyleBlock.KEPT_OF_HALF);
        }
        int width = convs.out();
        int side = options.size() >> halvings;
        last = register_module("final_conv", new ConvLayer(width, width, 3));
        EqualLinear features = new EqualLinear(width * side * side, width);
        EqualLinear score = new EqualLinear(width, 1);
        scores = register_module("final_linear", new LayerRow(width * side * side));
        scores.add(width, features, features::activated).add(1, score, score::forward);
    }

    @Override
    public Chain chain() {
        return convs.chain();
    }

    private int width(Resolution resolution) {
        return resolution.channels(options.ndf() / REFERENCE, WIDEST);
    }

    /**
     * (N, in, size, size) to (N, 1).
     *
     * @throws IllegalArgumentException for images of another size
     */
    @Override
    public Tensor forward(Tensor x) {
        int size = options.size();
        if (x.size(1) != options.in() || x.size(2) != size || x.size(3) != size) {
            throw new IllegalArgumentException("the discriminator is made for images of (N, " + options.in() + ", "
                    + size + ", " + size + "), not " + StateDict.shape(x)
                    + ": choose crop-size as large as its images, or netD basic");
        }
        return scores.forward(last.forward(convs.forward(x)).flatten(1, -1));
    }
}
