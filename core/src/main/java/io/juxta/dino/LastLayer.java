package io.juxta.dino;

import io.juxta.torch.Container;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The weight-normalised layer behind the projector (Salimans and Kingma 2016): outputs are g times the cosines of an embedding and K
 * directions. Keys {@code weight_g} (K, 1), {@code weight_v} (K, dim), as in PyTorch.
 */
final class LastLayer extends Container {
    private static final long[] ROWS = {1};

    private final Tensor g;
    private final Tensor v;
    private final boolean normed;

    /**
     * @param dim width of the embedding
     * @param normed whether g stays 1, which steadies training (Caron et al., 2021, program)
     */
    LastLayer(int dim, int K, boolean normed) {
        super("LastLayer");
        this.normed = normed;
        double bound = 1 / Math.sqrt(dim);
        g = torch.ones(K, 1);
        register_parameter("weight_g", g);
        v = torch.empty(K, dim);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            v.uniform_(-bound, bound, new GeneratorOptional());
        }
        register_parameter("weight_v", v);
        g.set_requires_grad(!normed);
    }

    /** Whether a parameter of this layer, or {@code last_layer.} and its name, is never moved. */
    boolean isFixed(String name) {
        return normed && name.endsWith("weight_g");
    }

    /** Embeddings (N, dim) to outputs (N, K). */
    Tensor forward(Tensor z) {
        Tensor directions = v.div(v.norm(new ScalarOptional(new Scalar(2)), ROWS, true)); // K x dim
        return torch.normalize(z).matmul(directions.mul(g).t());
    }

    /** A frozen layer gets no gradient: the optimiser leaves it alone. */
    void freeze(boolean frozen) {
        v.set_requires_grad(!frozen);
        g.set_requires_grad(!frozen && !normed);
    }
}
