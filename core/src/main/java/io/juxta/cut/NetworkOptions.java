package io.juxta.cut;

import static io.juxta.cut.CutOptions.check;

import io.juxta.train.Default;
import io.juxta.train.Key;
import java.util.List;

/**
 * The networks of CUT. Defaults are CUT's (Park et al. 2020, appendix C.1).
 *
 * @param inputNc channels of the source domain: 3, or 1 for grey
 * @param outputNc channels of the target domain
 * @param netG {@code resnet-9blocks} or {@code resnet-6blocks}
 * @param ngf channels behind G's first convolution: 64, a few for small machines
 * @param normG {@code instance}, {@code batch} or {@code none}
 * @param dropout whether G's blocks drop half of their activations while training
 * @param netD {@code basic}, three layers; {@code n-layers}, as many as {@code n-layers-d}; or {@code pixel}
 * @param ndf channels behind D's first convolution: 64
 * @param nLayersD halvings of {@code n-layers}
 * @param netF {@code mlp-sample}, two linear layers for each tap; {@code sample}, none
 * @param netFNc width of those
 * @param antialias whether halvings have a low pass
 * @param antialiasUp whether doublings have one
 * @param initType how weights begin
 * @param initGain 0.02
 */
public record NetworkOptions(
        @Default("3") int inputNc,
        @Default("3") int outputNc,
        @Key("netG") @Default("resnet-9blocks") NetG netG,
        @Default("64") int ngf,
        @Key("normG") @Default("instance") Norm normG,
        @Default("false") boolean dropout,
        @Key("netD") @Default("basic") NetD netD,
        @Default("64") int ndf,
        @Key("n-layers-D") @Default("3") int nLayersD,
        @Key("normD") @Default("instance") Norm normD,
        @Key("netF") @Default("mlp-sample") NetF netF,
        @Key("netF-nc") @Default("256") int netFNc,
        @Default("true") boolean antialias,
        @Default("true") boolean antialiasUp,
        @Default("xavier") Initialization initType,
        @Default("0.02") double initGain) {
    /** Generators. */
    public enum NetG {
        RESNET_9BLOCKS,
        RESNET_6BLOCKS
    }

    /** Discriminators. */
    public enum NetD {
        BASIC,
        N_LAYERS,
        PIXEL
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

    /** G with weights from libtorch's generator: seed it first. */
    public Generator generator() {
        int blocks = netG == NetG.RESNET_9BLOCKS ? 9 : 6;
        Generator G = new ResNetGenerator(
                new ResNetGenerator.Options(inputNc, outputNc, ngf, blocks, normG, dropout, antialias, antialiasUp));
        initType.fill(G, initGain);
        return G;
    }

    Discriminator discriminator() {
        Discriminator D = new PatchDiscriminator(patches());
        initType.fill(D, initGain);
        return D;
    }

    private PatchDiscriminator.Options patches() {
        int layers =
                switch (netD) {
                    case BASIC -> 3;
                    case N_LAYERS -> nLayersD;
                    case PIXEL -> 0;
                };
        return new PatchDiscriminator.Options(outputNc, ndf, layers, normD, antialias);
    }

    PatchSampler sampler(Generator G, List<Integer> taps) {
        if (netF == NetF.SAMPLE) {
            return PatchSampler.plain();
        }
        PatchSampler F =
                PatchSampler.projecting(taps.stream().map(G::tapChannels).toList(), netFNc);
        initType.fill(F, initGain);
        return F;
    }

    /**
     * @param size of the shorter side of training images, in pixels
     * @throws IllegalArgumentException when the discriminator would have no score left
     */
    void requireFits(int size) {
        int least = patches().leastSide();
        check(
                size >= least,
                "a discriminator of " + patches().layers() + " layers needs images of at least " + least
                        + " px, crop-size is " + size + ": choose fewer n-layers-D, or larger crops");
    }

    /** @throws IllegalArgumentException when there is no such layer to tap */
    void requireTaps(Generator G, List<Integer> taps) {
        int last = taps.get(taps.size() - 1);
        check(
                last < G.layers(),
                "nce-layers " + taps + " go beyond the generator's last layer, " + (G.layers() - 1)
                        + ": choose layers from 0 to that");
    }
}
