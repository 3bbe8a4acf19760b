package io.juxta.cut.networks;

import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * F, the projection of patches (Park et al., 2020, section 3 and appendix C.1): activations at some places of each tapped
 * layer, through a small network of the layer's own to embeddings of length 1.
 */
@API(status = API.Status.INTERNAL)
public final class PatchSampler extends Container {
    private static final double EPSILON = 1e-7;
    private static final long[] FEATURES = {1};

    private final List<LayerRow> projections = new ArrayList<>();

    private PatchSampler() {
        super("PatchSampler");
    }

    /**
     * With two linear layers for each tap.
     *
     * @param channels of the taps
     * @param width of the hidden layer and of the embedding: 256
     */
    public static PatchSampler projecting(List<Integer> channels, int width) {
        PatchSampler sampler = new PatchSampler();
        for (int tap = 0; tap < channels.size(); tap++) {
            LinearImpl hidden = Layers.linear(channels.get(tap), width);
            LinearImpl out = Layers.linear(width, width);
            LayerRow row = new LayerRow(channels.get(tap));
            row.add(hidden, hidden::forward).add(torch::relu).add(out, out::forward);
            sampler.projections.add(sampler.register_module("mlp_" + tap, row));
        }
        return sampler;
    }

    /** Without any: the activations themselves are compared, and nothing is learned here. */
    public static PatchSampler plain() {
        return new PatchSampler();
    }

    /** Whether there is anything to learn. */
    public boolean projects() {
        return !projections.isEmpty();
    }

    /**
     * @param taps (N, C, H, W) each
     * @param places of each tap: (P) of int64, row-major places in H x W, the same for all images
     * @return (N P, width) each, rows of length 1, image after image
     */
    public List<Tensor> embeddings(List<Tensor> taps, List<Tensor> places) {
        List<Tensor> embeddings = new ArrayList<>();
        for (int tap = 0; tap < taps.size(); tap++) {
            embeddings.add(embeddings(tap, taps.get(tap), places.get(tap)));
        }
        return embeddings;
    }

    /**
     * Of one tap.
     *
     * @param tap which, from 0
     * @param activations (N, C, H, W)
     */
    public Tensor embeddings(int tap, Tensor activations, Tensor places) {
        Tensor patches = patches(activations, places);
        return normalize(projects() ? projections.get(tap).forward(patches) : patches);
    }

    /** (N P, C). The gradient comes back in the layout that the activations have. */
    private static Tensor patches(Tensor activations, Tensor places) {
        if (activations.is_contiguous(MemoryFormat.ChannelsLast)) {
            return activations
                    .permute(0, 2, 3, 1)
                    .flatten(1, 2)
                    .index_select(1, places) // N x P x C
                    .flatten(0, 1);
        }
        return activations
                .flatten(2, 3)
                .index_select(2, places) // N x C x P
                .transpose(1, 2)
                .flatten(0, 1);
    }

    /**
     * Rows over their length plus 1e-7. Untrained embeddings are so short that this is not the usual normalisation: it
     * changes them by up to 0.4 %.
     */
    public static Tensor normalize(Tensor x) {
        Tensor length = x.norm(new org.bytedeco.pytorch.ScalarOptional(new Scalar(2)), FEATURES, true);
        return x.div(length.add(new Scalar(EPSILON)));
    }
}
