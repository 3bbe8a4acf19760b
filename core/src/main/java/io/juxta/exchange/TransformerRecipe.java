package io.juxta.exchange;

import io.juxta.backbone.Positions;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.VisionTransformer;
import io.juxta.image.Augmentation;
import io.juxta.image.Filter;
import io.juxta.image.Normalization;
import io.juxta.image.PixelStep;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Recipe;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * What is known of a vision transformer that another program has trained, as the metadata {@code recipe} of its file say it
 * ({@code method: vit}).
 *
 * @param dim values of a token
 * @param depth blocks
 * @param heads of attention
 * @param patch side of a patch in pixels
 * @param grid patches along a side of the pictures that it was trained on
 * @param positions how tokens know where they are in pictures of another size
 * @param registers tokens beside class and patches
 * @param layerScale whether each branch has a weight for every value
 * @param feedForward mlp or swiglu
 * @param maskToken whether there is a token for hidden patches
 * @param epsilon of layer norms
 * @param output what is taken for an image's feature: class, mean or both
 * @param classes of the linear layer behind it; 0 for none
 * @param imageSize side of the square that the network is given, a multiple of {@code patch}
 * @param shortSide to which an image's shorter side is brought before the square is cut out
 * @param normalization whose means and deviations are taken: imagenet, or half for 0.5
 */
@API(status = API.Status.INTERNAL)
public record TransformerRecipe(
        int dim,
        int depth,
        int heads,
        int patch,
        int grid,
        @Default("dino") Positions positions,
        @Default("0") int registers,
        @Default("false") boolean layerScale,
        @Default("mlp") TransformerOptions.FeedForward feedForward,
        @Default("false") boolean maskToken,
        @Default("1e-6") double epsilon,
        @Default("class") VisionTransformer.Output output,
        @Default("0") int classes,
        int imageSize,
        @Key("short-side") int shortSide,
        @Default("imagenet") Input normalization) {
    /** What the network's pictures are normalised by. */
    public enum Input {
        IMAGENET(Normalization.IMAGENET),
        HALF(Normalization.HALF);

        private final Normalization statistics;

        Input(Normalization statistics) {
            this.statistics = statistics;
        }
    }

    public TransformerRecipe {
        new TransformerOptions(
                        dim,
                        depth,
                        heads,
                        patch,
                        grid,
                        positions,
                        registers,
                        layerScale,
                        feedForward,
                        maskToken,
                        epsilon)
                .patches(imageSize);
        if (imageSize < 8 || imageSize > 4096 || shortSide < imageSize || shortSide > 8192) {
            throw new IllegalArgumentException("image-size " + imageSize + " must be from 8 to 4096, and short-side "
                    + shortSide + " at least as much and at most 8192");
        }
        if (classes < 0 || classes > 1_000_000) {
            throw new IllegalArgumentException("classes " + classes + " must be from 0 (no head) to 1000000");
        }
    }

    /** What a recipe says. */
    public static TransformerRecipe bind(Recipe recipe) {
        return recipe.bind(TransformerRecipe.class);
    }

    /** What the network is built of. */
    public TransformerOptions options() {
        return new TransformerOptions(
                dim, depth, heads, patch, grid, positions, registers, layerScale, feedForward, maskToken, epsilon);
    }

    /** The network, with initial weights. */
    public VisionTransformer network() {
        return new VisionTransformer(options(), output, classes);
    }

    private Normalization input() {
        return normalization.statistics;
    }

    /** How an image is prepared: bicubic, the centre cut out. */
    public Augmentation evaluation() {
        return Augmentation.of(
                "evaluation",
                imageSize,
                input(),
                new PixelStep.ResizeAndCentreCrop(shortSide, imageSize, Filter.BICUBIC));
    }

    /** The training view of a linear probe and of fine-tuning: as DINO's eval_linear.py has it. */
    public Augmentation linearTrain() {
        return Augmentation.of(
                "linear-train",
                imageSize,
                input(),
                new PixelStep.RandomResizedCrop(imageSize, 0.08, 1, Filter.BICUBIC),
                new PixelStep.RandomHorizontalFlip(0.5));
    }

    /** As a recipe's text. */
    String text() {
        return "method: vit\ndim: " + dim + "\ndepth: " + depth + "\nheads: " + heads + "\npatch: " + patch + "\ngrid: "
                + grid + "\npositions: " + lower(positions) + "\nregisters: " + registers + "\nlayer-scale: "
                + layerScale + "\nfeed-forward: " + lower(feedForward) + "\nmask-token: " + maskToken + "\nepsilon: "
                + epsilon + "\noutput: " + lower(output) + "\nclasses: " + classes + "\nimage-size: " + imageSize
                + "\nshort-side: " + shortSide + "\nnormalization: " + lower(normalization) + "\n";
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
