package io.juxta.backbone;

import io.juxta.torch.Container;
import io.juxta.torch.LayerNorm;
import io.juxta.torch.Layers;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** One block: attention and a feed-forward layer, each behind a norm and added to what it was given ("pre-norm"). */
final class TransformerBlock extends Container {
    private static final double INITIAL_GAMMA = 1e-5;

    private final int number;
    private final LayerNorm norm1;
    private final Attention attn;
    private final @Nullable Tensor gamma1;
    private final LayerNorm norm2;
    private final UnaryOperator<Tensor> mlp;
    private final @Nullable Tensor gamma2;

    /** @param number of the block, from 0 */
    TransformerBlock(TransformerOptions options, int number) {
        super("TransformerBlock");
        this.number = number;
        int dim = options.dim();
        norm1 = register_module("norm1", new LayerNorm(dim, options.epsilon()));
        attn = register_module("attn", new Attention(dim, options.heads()));
        gamma1 = options.layerScale() ? gamma("ls1", dim) : null;
        norm2 = register_module("norm2", new LayerNorm(dim, options.epsilon()));
        mlp = options.feedForward() == TransformerOptions.FeedForward.MLP
                ? mlp(dim, options.hidden())
                : gated(dim, options.hidden());
        gamma2 = options.layerScale() ? gamma("ls2", dim) : null;
    }

    private Tensor gamma(String name, int dim) {
        Tensor gamma = torch.full(new long[] {dim}, new Scalar(INITIAL_GAMMA));
        register_module(name, new Container("LayerScale")).register_parameter("gamma", gamma);
        return gamma;
    }

    private UnaryOperator<Tensor> mlp(int dim, int hidden) {
        Container layers = register_module("mlp", new Container("Mlp"));
        LinearImpl fc1 = layers.register_module("fc1", Layers.linear(dim, hidden));
        LinearImpl fc2 = layers.register_module("fc2", Layers.linear(hidden, dim));
        return x -> fc2.forward(torch.gelu(fc1.forward(x)));
    }

    private UnaryOperator<Tensor> gated(int dim, int hidden) {
        Container layers = register_module("mlp", new Container("SwiGLU"));
        LinearImpl w12 = layers.register_module("w12", Layers.linear(dim, 2 * hidden));
        LinearImpl w3 = layers.register_module("w3", Layers.linear(hidden, dim));
        return x -> {
            Tensor both = w12.forward(x);
            Tensor gate = torch.silu(both.narrow(2, 0, hidden));
            return w3.forward(gate.mul(both.narrow(2, hidden, hidden)));
        };
    }

    /** (N, T, dim) to the same shape. */
    Tensor forward(Tensor x, @Nullable Rotation rotation, BranchDrop drop) {
        Tensor y = drop.add(x, 2 * number, own -> scaled(attn.forward(norm1.forward(own), rotation), gamma1));
        return drop.add(y, 2 * number + 1, own -> scaled(mlp.apply(norm2.forward(own)), gamma2));
    }

    /** What each token looks at: (N, heads, T, T). */
    Tensor attention(Tensor x, @Nullable Rotation rotation) {
        return attn.weights(norm1.forward(x), rotation);
    }

    private static Tensor scaled(Tensor branch, @Nullable Tensor gamma) {
        return gamma == null ? branch : branch.mul(gamma);
    }
}
