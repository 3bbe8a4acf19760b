package io.juxta.cut.recipe;

import static io.juxta.cut.recipe.CutOptions.check;

import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.Initialization;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.PatchDiscriminator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.stylegan2.StyleGan2Discriminator;
import io.juxta.cut.stylegan2.StyleGan2Generator;
import io.juxta.natives.Natives;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;

/**
 * The networks of CUT. Defaults are CUT's (Park et al., 2020, appendix C.1).
 */
@API(status = API.Status.INTERNAL)
public record NetworkOptions(
        @Means("channels of the source domain: 3, or 1 for grey") @Range(least = 1, most = 64) @Default("3")
        int inputNc,

        @Means("channels of the target domain") @Range(least = 1, most = 64) @Default("3")
        int outputNc,

        @Means(
                value = "the generator: resnet-9blocks or resnet-6blocks; stylegan2, SinCUT's, or smallstylegan2",
                source = "Park et al. 2020")
        @Key("netG")
        @Default("resnet-9blocks")
        NetG netG,

        @Means(
                value = "channels behind the generator's first convolution: 64, a few for small machines; 10 in "
                        + "SinCUT",
                source = "Park et al. 2020")
        @Range(least = 1, most = 4096)
        @Default("64")
        int ngf,

        @Means(value = "normalisation in the generator", source = "Park et al. 2020") @Key("normG") @Default("instance")
        Norm normG,

        @Means("whether the generator's blocks drop half of their activations while training")
        @Default("false")
        @OnlyWith(
                key = "netG",
                in = {"resnet-9blocks", "resnet-6blocks"})
        boolean dropout,

        @Means(
                value = "the discriminator: basic, three layers; n-layers, as many as n-layers-D; pixel; or "
                        + "stylegan2, SinCUT's",
                source = "Park et al. 2020")
        @Key("netD")
        @Default("basic")
        NetD netD,

        @Means(
                value = "channels behind the discriminator's first convolution; 8 in SinCUT",
                source = "Park et al. 2020")
        @Range(least = 1, most = 4096)
        @Default("64")
        int ndf,

        @Means("halvings of the discriminator; only with netD n-layers")
        @Range(least = 1, most = 10)
        @Key("n-layers-D")
        @Default("3")
        @OnlyWith(key = "netD", in = "n-layers")
        int nLayersD,

        @Means(value = "normalisation in the discriminator", source = "Park et al. 2020")
        @Key("normD")
        @Default("instance")
        Norm normD,

        @Means(
                value = "projection of patches: mlp-sample, two linear layers for each layer compared; sample, none",
                source = "Park et al. 2020")
        @Key("netF")
        @Default("mlp-sample")
        NetF netF,

        @Means(value = "width of the projection; only with netF mlp-sample", source = "Park et al. 2020")
        @Range(least = 1, most = 65536)
        @Key("netF-nc")
        @Default("256")
        @OnlyWith(key = "netF", in = "mlp-sample")
        int netFNc,

        @Means(value = "whether halvings have a low pass", source = "Zhang 2019") @Default("true")
        boolean antialias,

        @Means(value = "whether doublings have a low pass", source = "Zhang 2019") @Default("true")
        boolean antialiasUp,

        @Means(
                value = "how weights begin, but for those of StyleGAN2's networks, which have a way of their own",
                source = "Park et al. 2020")
        @Default("xavier")
        Initialization initType,

        @Means(value = "how large they begin", source = "Park et al. 2020")
        @Range(most = 100, above = 0)
        @Default("0.02")
        double initGain) {
    /** Generators. */
    public enum NetG {
        RESNET_9BLOCKS,
        RESNET_6BLOCKS,
        STYLEGAN2,
        SMALLSTYLEGAN2;

        /** Whether it is no network of StyleGAN2. */
        public boolean isResNet() {
            return this == RESNET_9BLOCKS || this == RESNET_6BLOCKS;
        }
    }

    /** Discriminators. */
    public enum NetD {
        BASIC,
        N_LAYERS,
        PIXEL,
        STYLEGAN2
    }

    /** Projections of patches. */
    public enum NetF {
        MLP_SAMPLE,
        SAMPLE
    }

    public NetworkOptions {
        check(inputNc >= 1 && inputNc <= 64, "input-nc " + inputNc + " must be from 1 to 64 channels");
        check(outputNc >= 1 && outputNc <= 64, "output-nc " + outputNc + " must be from 1 to 64 channels");
        check(ngf >= 1 && ngf <= 4096, "ngf " + ngf + " must be from 1 to 4096 (64 is the paper's)");
        check(ndf >= 1 && ndf <= 4096, "ndf " + ndf + " must be from 1 to 4096 (64 is the paper's)");
        check(nLayersD >= 1 && nLayersD <= 10, "n-layers-D " + nLayersD + " must be from 1 to 10 (3 is the paper's)");
        check(netFNc >= 1 && netFNc <= 65536, "netF-nc " + netFNc + " must be from 1 to 65536 (256 is the paper's)");
        check(initGain > 0 && initGain <= 100, "init-gain " + initGain + " must be above 0 and at most 100");
    }

    /**
     * G with weights from libtorch's generator: seed it first.
     *
     * @param size of a side of training images, on which the widths of StyleGAN2's networks depend
     */
    public Generator generator(int size) {
        Generator G = shapes(size);
        if (netG.isResNet()) {
            initType.fill(G, initGain);
        }
        return G;
    }

    /** G with any weights. */
    public Generator shapes(int size) {
        Natives.torch(); // before the class of a network, which loads them
        return switch (netG) {
            case RESNET_9BLOCKS -> resnet(9);
            case RESNET_6BLOCKS -> resnet(6);
            case STYLEGAN2 -> new StyleGan2Generator(StyleGan2Generator.Options.of(inputNc, outputNc, ngf, size));
            case SMALLSTYLEGAN2 ->
                new StyleGan2Generator(StyleGan2Generator.Options.small(inputNc, outputNc, ngf, size));
        };
    }

    private Generator resnet(int blocks) {
        return new ResNetGenerator(
                new ResNetGenerator.Options(inputNc, outputNc, ngf, blocks, normG, dropout, antialias, antialiasUp));
    }

    public Discriminator discriminator(int size) {
        if (netD == NetD.STYLEGAN2) {
            return new StyleGan2Discriminator(new StyleGan2Discriminator.Options(outputNc, ndf, size));
        }
        Discriminator D = new PatchDiscriminator(patches());
        initType.fill(D, initGain);
        return D;
    }

    /** Whether G's activations of an image depend on that image alone, and not on chance. */
    public boolean isPerImage() {
        return !netG.isResNet() || (normG.isPerImage() && !dropout);
    }

    private PatchDiscriminator.Options patches() {
        int layers =
                switch (netD) {
                    case BASIC -> 3;
                    case N_LAYERS -> nLayersD;
                    case PIXEL, STYLEGAN2 -> 0;
                };
        return new PatchDiscriminator.Options(outputNc, ndf, layers, normD, antialias);
    }

    public PatchSampler sampler(Generator G, List<Integer> taps) {
        if (netF == NetF.SAMPLE) {
            return PatchSampler.plain();
        }
        PatchSampler F =
                PatchSampler.projecting(taps.stream().map(G::tapChannels).toList(), netFNc);
        initType.fill(F, initGain);
        return F;
    }

    /**
     * @param size of a side of training images, in pixels
     * @throws IllegalArgumentException when the discriminator would have no score left
     */
    void requireFits(int size) {
        if (netD == NetD.STYLEGAN2) {
            new StyleGan2Discriminator.Options(outputNc, ndf, size);
            return;
        }
        int least = patches().leastSide();
        check(
                size >= least,
                "a discriminator of " + patches().layers() + " layers needs images of at least " + least
                        + " px, crop-size is " + size + ": choose fewer n-layers-D, or larger crops");
    }

    /** @throws IllegalArgumentException when there is no such layer to tap */
    static void requireTaps(Generator G, List<Integer> taps) {
        int last = taps.get(taps.size() - 1);
        check(
                last < G.layers(),
                "nce-layers " + taps + " go beyond the generator's last layer, " + (G.layers() - 1)
                        + ": choose layers from 0 to that");
    }
}
