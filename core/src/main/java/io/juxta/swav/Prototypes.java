package io.juxta.swav;

import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The directions that embeddings are compared with, C in the paper (Caron et al., 2020, section 3.1): one matrix (K, dim)
 * without bias, or several, each with its own loss. Registered in the encoder as {@code prototypes}: one matrix is
 * {@code prototypes.weight}, several are {@code prototypes.prototypes0.weight} and so on, as in the original.
 */
@API(status = API.Status.INTERNAL)
public final class Prototypes {
    private final List<LinearImpl> heads = new ArrayList<>();
    private final Module module;

    /**
     * @param dim width of the embedding
     * @param counts K of each head, at least one head
     */
    public Prototypes(int dim, List<Integer> counts) {
        counts.forEach(K -> heads.add(Layers.linearWithoutBias(dim, K)));
        if (heads.size() == 1) {
            module = heads.get(0);
            return;
        }
        Container container = new Container("prototypes");
        for (int h = 0; h < heads.size(); h++) {
            container.register_module("prototypes" + h, heads.get(h));
        }
        module = container;
    }

    Module module() {
        return module;
    }

    /** How many heads there are. */
    public int heads() {
        return heads.size();
    }

    /** (K, dim), the module's own. */
    public Tensor weight(int head) {
        return heads.get(head).weight();
    }

    /** Counts of how often each is used, on the prototypes' device. */
    PrototypeUsage usage() {
        List<Integer> counts = heads.stream()
                .map(head -> Math.toIntExact(head.weight().size(0)))
                .toList();
        return new PrototypeUsage(counts, heads.get(0).weight().device());
    }

    /** Embeddings (N, dim) to scores (N, K): cosines, where both have length 1. */
    public Tensor scores(int head, Tensor z) {
        return heads.get(head).forward(z);
    }

    /** Brings every prototype to length 1, in place, without gradient. */
    public void normalize() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            heads.forEach(head -> head.weight().copy_(torch.normalize(head.weight())));
        }
    }

    /** Puts other prototypes into a head's place. */
    void replace(int head, Tensor prototypes) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            weight(head).copy_(prototypes);
        }
    }

    /** Frozen prototypes get no gradient: the optimiser leaves them alone, and gives them neither decay nor velocity. */
    void freeze(boolean frozen) {
        heads.forEach(head -> head.weight().set_requires_grad(!frozen));
    }
}
