package io.juxta.cut;

import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * F, the projection of patches (Park et al. 2020, section 3 and appendix C.1): activations at some places of each tapped
 * layer, through a small network of the layer's own to embeddings of length 1.
 */
final class PatchSampler extends Container {
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
    static PatchSampler projecting(List<Integer> channels, int width) {
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
    static PatchSampler plain() {
        return new PatchSampler();
    }

    /** Whether there is anything to learn. */
    boolean projects() {
        return !projections.isEmpty();
    }

    /**
     * @param taps (N, C, H, W) each
     * @param places of each tap: (P) of int64, row-major places in H x W, the same for all images
     * @return (N P, width) each, rows of length 1, image after image
     */
    List<Tensor> embeddings(List<Tensor> taps, List<Tensor> places) {
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
    Tensor embeddings(int tap, Tensor activations, Tensor places) {
        Tensor patches = activations
                .flatten(2, 3)
                .index_select(2, places) // N x C x P
                .transpose(1, 2)
                .flatten(0, 1);
        return PatchNce.normalize(projects() ? projections.get(tap).forward(patches) : patches);
    }
}
