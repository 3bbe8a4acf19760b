package io.juxta.cut.networks;

import io.juxta.cut.strips.Chain;
import io.juxta.cut.strips.Reach;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * PatchGAN (Isola et al., 2017, section 3.2.2): a score for each patch of an image. With three layers a score sees 70 x 70
 * pixels; an image of 256 px has 30 x 30 of them.
 */
@API(status = API.Status.INTERNAL)
public final class PatchDiscriminator extends Discriminator {
    private static final double SLOPE = 0.2;
    private static final int WIDEST = 8;

    private final LayerRow model;
    private final boolean perImage;

    /**
     * @param in channels of the images
     * @param ndf channels behind the first convolution: 64
     * @param layers halvings: 3 in {@code basic}; 0 for {@code pixel}, which sees single pixels
     * @param antialias whether halvings have a low pass: in CUT they do
     */
    public record Options(int in, int ndf, int layers, Norm norm, boolean antialias) {
        /** The least side of an image that leaves a score: each convolution but the first takes a pixel away. */
        public int leastSide() {
            int side = 1;
            while (scores(side) < 1) {
                side++;
            }
            return side;
        }

        /** Scores along a side. */
        private int scores(int side) {
            int left = side;
            if (layers == 0) {
                return left;
            }
            for (int layer = 0; layer < layers; layer++) {
                // reflecting a border needs two pixels
                left = antialias ? (left - 1 < 2 ? 0 : (left - 2) / 2 + 1) : left / 2;
            }
            return left - 2;
        }
    }

    public PatchDiscriminator(Options options) {
        super("PatchDiscriminator");
        perImage = options.norm().isPerImage();
        model = options.layers() == 0 ? pixel(options) : patches(options);
        register_module(options.layers() == 0 ? "net" : "model", model);
    }

    private static LayerRow patches(Options options) {
        LayerRow row = new LayerRow(options.in());
        int stride = options.antialias() ? 1 : 2;
        for (int layer = 0; layer < options.layers(); layer++) {
            row.conv(
                    width(options, layer),
                    4,
                    stride,
                    1,
                    layer == 0 || options.norm().biased());
            if (layer > 0) {
                row.norm(options.norm());
            }
            row.inPlace(PatchDiscriminator::activation);
            if (options.antialias()) {
                Resampling half = Resampling.halving(row.out());
                row.add(half, half::forward).reaching(Reach.halving(1)).keeping(Resampling.KEPT_OF_HALF);
            }
        }
        row.conv(width(options, options.layers()), 4, 1, 1, options.norm().biased());
        row.norm(options.norm()).inPlace(PatchDiscriminator::activation);
        return row.conv(1, 4, 1, 1, true);
    }

    private static LayerRow pixel(Options options) {
        LayerRow row = new LayerRow(options.in());
        row.conv(options.ndf(), 1, 1, 0, true).inPlace(PatchDiscriminator::activation);
        row.conv(2 * options.ndf(), 1, 1, 0, options.norm().biased());
        row.norm(options.norm()).inPlace(PatchDiscriminator::activation);
        return row.conv(1, 1, 1, 0, options.norm().biased());
    }

    private static int width(Options options, int layer) {
        return options.ndf() * Math.min(1 << layer, WIDEST);
    }

    private static Tensor activation(Tensor x) {
        return torch.leaky_relu_(x, new Scalar(SLOPE));
    }

    @Override
    public boolean isPerImage() {
        return perImage;
    }

    @Override
    public Chain chain() {
        return model.chain();
    }

    /** (N, in, H, W) to (N, 1, h, w). */
    @Override
    public Tensor forward(Tensor x) {
        return model.forward(x);
    }
}
