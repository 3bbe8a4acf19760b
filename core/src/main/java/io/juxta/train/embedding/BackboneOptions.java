package io.juxta.train.embedding;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.PathDrop;
import io.juxta.backbone.Perceptron;
import io.juxta.backbone.Positions;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.backbone.TransformerBeginning;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerSize;
import io.juxta.backbone.VisionTransformer;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/** What lies below the head: a residual network or a vision transformer. */
@API(status = API.Status.INTERNAL)
public record BackboneOptions(
        @Means(
                value = "the backbone, by torchvision's name: resnet18 to resnet152, resnext50_32x4d and so on, "
                        + "wide_resnet50_2; or by timm's: vit_tiny, vit_small, vit_base, vit_large",
                source = "Chen and He 2021; Dosovitskiy et al. 2021")
        @Default("resnet50")
        String arch,

        @Means(
                "what an image meets first in a residual network: imagenet for photos, cifar (no pooling) for images of 32 to 64 px")
        @Default("imagenet")
        Architecture.Stem stem,

        @Means("channels of the stem, a multiple of 8; 64 is the papers', less is for small machines")
        @Range(least = 8, most = 1024)
        @Default("64")
        int width,

        @Means(
                value = "whether the last batch norm of each block begins at 0, so that the block passes on its input: "
                        + "all programs but BYOL's and DINO's",
                source = "Goyal et al. 2017, section 5.1")
        @Default("true")
        boolean zeroInit,

        @Means(
                value = "side of a vision transformer's patches; sides of views must be multiples of it",
                unit = "px",
                source = "Dosovitskiy et al. 2021")
        @Range(least = 2, most = 256)
        @Default("16")
        @OnlyWith(
                key = "arch",
                in = {"vit_small", "vit_tiny", "vit_base", "vit_large", "vit_huge"})
        int patchSize,

        @Means(
                value =
                        "how a vision transformer begins: dino with normal weights and positions that are learned, moco-v3 with"
                                + " uniform weights, positions by sines and cosines, and 12 heads in vit_small",
                source = "Caron et al. 2021; Chen, Xie and He 2021, appendix A")
        @Default("dino")
        @OnlyWith(
                key = "arch",
                in = {"vit_small", "vit_tiny", "vit_base", "vit_large", "vit_huge"})
        Transformer transformer,

        @Means(
                value =
                        "whether a vision transformer's projection of patches stays as it is drawn, against unstable training",
                source = "Chen, Xie and He 2021, section 4.2")
        @Default("false")
        @OnlyWith(
                key = "arch",
                in = {"vit_small", "vit_tiny", "vit_base", "vit_large", "vit_huge"})
        boolean freezePatches,

        @Means(
                value =
                        "share of images for which a vision transformer's last block does nothing, drawn anew in every step; it"
                                + " grows from 0 at the first block: 0.1 in DINO, 0 in MoCo v3",
                source = "Huang et al. 2016")
        @Range(least = 0, below = 1)
        @Default("0")
        @OnlyWith(
                key = "arch",
                in = {"vit_small", "vit_tiny", "vit_base", "vit_large", "vit_huge"})
        double dropPath) {
    private static final double EPSILON = 1e-6;

    /** Whose vision transformer. */
    public enum Transformer {
        DINO(TransformerBeginning.DINO),
        MOCO_V3(TransformerBeginning.MOCO_V3);

        private final TransformerBeginning beginning;

        Transformer(TransformerBeginning beginning) {
            this.beginning = beginning;
        }

        /** As recipes spell it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public BackboneOptions {
        if (patchSize < 2 || patchSize > 256) {
            throw new IllegalArgumentException(
                    "patch-size " + patchSize + " must be from 2 to 256 (16 is the papers')");
        }
        if (isTransformer(arch)) {
            transformer(arch, patchSize, 2 * patchSize, transformer);
        } else {
            resnet(arch, stem, width);
        }
        new PathDrop(dropPath, 1, (branch, samples) -> new float[samples]);
    }

    /** A residual network. */
    public BackboneOptions(String arch, Architecture.Stem stem, int width, boolean zeroInit) {
        this(arch, stem, width, zeroInit, 16, Transformer.DINO, false, 0);
    }

    private static boolean isTransformer(String arch) {
        return arch.startsWith("vit");
    }

    public boolean isTransformer() {
        return isTransformer(arch);
    }

    private static ResNet.Options resnet(String arch, Architecture.Stem stem, int width) {
        boolean known = Architecture.all().stream()
                .anyMatch(architecture -> architecture.name().equals(arch.toLowerCase(Locale.ROOT)));
        if (!known) {
            throw unknown(arch);
        }
        // batch norm over the whole batch, as synchronised batch norm over all processes
        return new ResNet.Options(Architecture.named(arch), stem, width, 1);
    }

    private static TransformerOptions transformer(String arch, int patch, int imageSize, Transformer form) {
        TransformerSize size = TransformerSize.all().stream()
                .filter(known -> known.name().equals(arch))
                .findFirst()
                .orElseThrow(() -> unknown(arch));
        return new TransformerOptions(
                size.dim(),
                size.depth(),
                form == Transformer.MOCO_V3 ? size.headsOfMocoV3() : size.heads(),
                patch,
                imageSize / patch,
                Positions.DINO,
                0,
                false,
                TransformerOptions.FeedForward.MLP,
                false,
                EPSILON);
    }

    private static IllegalArgumentException unknown(String arch) {
        String names = Stream.concat(
                        Architecture.all().stream().map(Architecture::name),
                        TransformerSize.all().stream().map(TransformerSize::name))
                .collect(Collectors.joining(", "));
        return new IllegalArgumentException("arch " + arch + " is unknown: use one of " + names);
    }

    /** How many stages behind its stem can be frozen. */
    public int stages() {
        return isTransformer() ? 0 : ResNet.STAGES;
    }

    /**
     * Refuses views that patches do not fill.
     *
     * @param key that says their sides
     * @param sides of all views, in pixels
     */
    public void requireSides(String key, List<Integer> sides) {
        for (int side : isTransformer() ? sides : List.<Integer>of()) {
            if (side < patchSize || side % patchSize != 0) {
                int below = Math.max(1, side / patchSize) * patchSize;
                throw new IllegalArgumentException(key + " " + side + " cannot be cut into patches of " + patchSize
                        + " px (patch-size): take a multiple of that, such as " + below + " or "
                        + (below + patchSize));
            }
        }
    }

    /**
     * About how many values are kept for the backward pass of one image.
     *
     * @param side of the image in pixels
     */
    public long activations(long side) {
        return isTransformer()
                ? transformer(arch, patchSize, Math.toIntExact(side), transformer)
                        .activations(side)
                : resnet(arch, stem, width).activations(side);
    }

    /**
     * The backbone with its projector, with weights from libtorch's generator.
     *
     * @param imageSize that positions are learned for, in pixels
     */
    public EncoderNetwork encoder(int imageSize, List<Integer> projector, Perceptron.Form form) {
        return encoder(imageSize, in -> ProjectionHead.of(new Perceptron(in, projector, form)));
    }

    /**
     * The backbone with a head, with weights from libtorch's generator.
     *
     * @param imageSize that positions are learned for, in pixels
     * @param head for the width of the backbone's feature
     */
    public EncoderNetwork encoder(int imageSize, IntFunction<ProjectionHead> head) {
        if (isTransformer()) {
            VisionTransformer vit = new VisionTransformer(
                    transformer(arch, patchSize, imageSize, transformer), transformer.beginning, head);
            if (freezePatches) {
                vit.freezePatches();
            }
            return vit;
        }
        ResNet resnet = new ResNet(resnet(arch, stem, width), head);
        if (zeroInit) {
            resnet.zeroLastNorms();
        }
        return resnet;
    }

    /** Lets an encoder that learns leave out branches by chance, as it is asked to. */
    public void drop(EncoderNetwork encoder, PathDrop.Chances chances) {
        if (dropPath > 0 && encoder instanceof VisionTransformer vit) {
            vit.dropPaths(new PathDrop(dropPath, vit.options().depth(), chances));
        }
    }

    /** Refuses widths of a projector that cannot be. */
    public static List<Integer> requireWidths(String key, List<Integer> widths) {
        if (widths.isEmpty() || !widths.stream().allMatch(width -> width >= 2 && width <= 65536)) {
            throw new IllegalArgumentException(
                    key + " " + widths + " must be at least one width, each from 2 to 65536");
        }
        return List.copyOf(widths);
    }

    /** Refuses widths of a predictor that cannot be beside those of the projector. */
    public static List<Integer> requirePredictor(List<Integer> predictor, List<Integer> projector) {
        List<Integer> widths = requireWidths("predictor", predictor);
        int dim = projector.get(projector.size() - 1);
        if (widths.get(widths.size() - 1) != dim) {
            throw new IllegalArgumentException("predictor " + widths + " must end with the projector's last width, "
                    + dim + ", as it is compared with that");
        }
        return widths;
    }
}
