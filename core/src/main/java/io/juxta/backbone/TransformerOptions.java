package io.juxta.backbone;

import java.util.Locale;
import org.apiguardian.api.API;

/**
 * What a vision transformer is built of (Dosovitskiy et al., 2021; registers: Darcet et al., 2024; layer scale: Touvron et al.,
 * 2021; SwiGLU: Shazeer 2020).
 *
 * @param dim values of a token; a multiple of {@code heads}
 * @param depth blocks
 * @param heads of attention
 * @param patch side of a patch in pixels
 * @param grid patches along a side of the pictures that it was trained on: 14 for 224 px and patches of 16
 * @param positions how tokens know where they are
 * @param registers tokens beside class and patches; 0, or DINOv2's 4
 * @param layerScale whether each branch has a weight for every value, DINOv2's gamma
 * @param feedForward what a block has behind its attention
 * @param maskToken whether there is a token for patches that are hidden in training
 * @param epsilon of layer norms: 1e-6, DINOv3's 1e-5
 * @param hidden values in the middle of a feed-forward layer; of SwiGLU each half's
 */
@API(status = API.Status.INTERNAL)
public record TransformerOptions(
        int dim,
        int depth,
        int heads,
        int patch,
        int grid,
        Positions positions,
        int registers,
        boolean layerScale,
        FeedForward feedForward,
        boolean maskToken,
        double epsilon,
        int hidden) {
    /** Two layers behind each attention. */
    public enum FeedForward {
        /** Linear to four times the width, GELU, linear: keys {@code mlp.fc1}, {@code mlp.fc2}. */
        MLP,
        /** {@code w3(silu(a) * b)} where {@code w12} gives a and b, each of two thirds of that width: DINOv2's giant. */
        SWIGLU
    }

    private static final long MOST_PARAMETERS = 1L << 31;

    public TransformerOptions {
        within("dim", dim, 8, 8192);
        within("depth", depth, 1, 256);
        within("heads", heads, 1, 256);
        within("patch", patch, 2, 256);
        within("grid", grid, 1, 256);
        within("registers", registers, 0, 256);
        within("hidden", hidden, 1, 65536);
        if (dim % heads != 0) {
            throw new IllegalArgumentException("dim " + dim + " must be a multiple of heads " + heads);
        }
        if (positions == Positions.ROTARY && dim / heads % 4 != 0) {
            throw new IllegalArgumentException(
                    "heads " + heads + " of " + dim / heads + " values: rotary positions need a multiple of 4 in each");
        }
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("epsilon " + epsilon + " must be above 0 and below 1");
        }
        long parameters = 12L * depth * dim * dim;
        if (parameters > MOST_PARAMETERS) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "a vision transformer of dim %d and depth %d would have %,d parameters, the limit is %,d",
                    dim,
                    depth,
                    parameters,
                    MOST_PARAMETERS));
        }
    }

    /** With feed-forward layers of the usual width: four times {@code dim}, of SwiGLU two thirds of that. */
    public TransformerOptions(
            int dim,
            int depth,
            int heads,
            int patch,
            int grid,
            Positions positions,
            int registers,
            boolean layerScale,
            FeedForward feedForward,
            boolean maskToken,
            double epsilon) {
        this(
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
                epsilon,
                feedForward == FeedForward.MLP ? 4 * dim : (4 * dim * 2 / 3 + 7) / 8 * 8);
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " must be from " + least + " to " + most);
        }
    }

    /** The side of the pictures that it was trained on, in pixels. */
    public int imageSize() {
        return grid * patch;
    }

    /**
     * Patches along a side.
     *
     * @throws IllegalArgumentException when they do not fill it, in one line
     */
    public int patches(long side) {
        if (side < patch || side % patch != 0) {
            long below = Math.max(1, side / patch) * patch;
            throw new IllegalArgumentException("a picture of " + side + " px cannot be cut into patches of " + patch
                    + ": its sides must be multiples of that, such as " + below + " or " + (below + patch));
        }
        return Math.toIntExact(side / patch);
    }

    /**
     * About how many values are kept for the backward pass of one image.
     *
     * @param side of the image in pixels
     */
    public long activations(long side) {
        long tokens = (side / patch) * (side / patch) + 1 + registers;
        long gated = feedForward == FeedForward.SWIGLU ? 4L * hidden() : 2L * hidden();
        return tokens * depth * (9L * dim + gated);
    }
}
