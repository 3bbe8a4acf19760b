package io.juxta.backbone;

import io.juxta.torch.Container;
import io.juxta.torch.Precision;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/** A network from images to embeddings, through a pooled feature that evaluations use. */
@API(status = API.Status.INTERNAL)
public abstract class EncoderNetwork extends Container {
    /** @param name what libtorch calls the module in its messages */
    protected EncoderNetwork(String name) {
        super(name);
    }

    /** Images (N, 3, H, W) to embeddings (N, dim); the pooled features where there is no head. */
    public Tensor forward(Tensor x) {
        return head(pooled(x));
    }

    /** Pooled features (N, {@link #features}) to embeddings (N, dim); as they are where there is no head. */
    public Tensor head(Tensor pooled) {
        return pooled;
    }

    /**
     * Images (N, 3, H, W) to the feature map (N, {@link #features}, h, w) whose average over the whole picture is pooled.
     *
     * @throws UnsupportedOperationException by an encoder without such a map; residual networks have one
     */
    public Tensor map(Tensor x) {
        throw new UnsupportedOperationException("an encoder without a map of features cannot give it");
    }

    /**
     * Images (N, 3, H, W) to features of their parts (N, width, h, w), in the order of the picture; of a residual network the
     * {@link #map}.
     */
    public Tensor patches(Tensor x) {
        return map(x);
    }

    /** Images (N, 3, H, W) to pooled features (N, {@link #features}), what lies under the head. */
    public abstract Tensor pooled(Tensor x);

    /** The side of a small picture that the network takes, in pixels. */
    public int smallSide() {
        return 32;
    }

    /** How many stages lie behind the stem that can be frozen; 0 where none can. */
    public int stages() {
        return 0;
    }

    /**
     * From now on the stem and the first stages stay as they are: no gradients, and their batch norm uses its running statistics in
     * training too.
     *
     * @param count of stages, at most {@link #stages}; 0 freezes nothing
     */
    public void freeze(int count) {
        if (count < 0 || count > stages()) {
            throw new IllegalArgumentException("of " + stages() + " stages " + count + " cannot be frozen");
        }
    }

    /** Whether a parameter or buffer is frozen. */
    public boolean isFrozen(String name) {
        return false;
    }

    /** How many blocks or stages stand one behind the other: those of a residual network, or a transformer's blocks. */
    public int depth() {
        return stages();
    }

    /** Where a parameter stands: 0 in front of the first block or stage, n in the nth, one more than {@link #depth} behind all. */
    public int place(String name) {
        return depth() + 1;
    }

    /**
     * What the learning rate of a parameter is multiplied by where every block learns more slowly than the one above it, as early
     * ones need to change less (Bao et al., 2022, section 3.2; DINOv2's program has the same): {@code decay^(depth + 1 - place)}.
     *
     * @param decay from a block to the one below it, above 0 and at most 1
     */
    public final double layerRate(String name, double decay) {
        return Math.pow(decay, depth() + 1 - place(name));
    }

    /** Whether a parameter or buffer lies under the pooled feature. */
    public boolean isOfBackbone(String name) {
        return true;
    }

    /**
     * Takes up a precision for a network that learns no more: its norms are folded, its weights held in it.
     *
     * @param device that the network is on; what it is given must be of the type of its first parameter
     * @throws IllegalArgumentException when the device cannot compute so, in one line
     */
    public void hold(Precision precision, Device device) {
        precision.use(device);
        fold(precision);
        precision.hold(this, device);
    }

    /**
     * Takes the weights as they are for good: in evaluation and without gradients, batch norms are from now on parts of the
     * convolutions before them. The results are the same but for rounding, and so are the names and values of its state. What is
     * written to a weight or a statistic afterwards ends that for its layer. It takes the memory of the convolutions' weights once
     * more; networks without batch norm have nothing to fold.
     *
     * @param precision that the weights will be held in, or float32 for that they have; they must not have been shortened yet, as the
     *     product would be rounded twice
     */
    public void fold(Precision precision) {}

    /** The width of the pooled feature. */
    public abstract int features();
}
