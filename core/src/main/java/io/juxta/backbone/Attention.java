package io.juxta.backbone;

import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Self-attention of several heads (Vaswani et al., 2017, section 3.2), by libtorch's fused kernel. */
final class Attention extends Container {
    private final int heads;
    /** Rows: queries, keys, values, each head by head. */
    private final LinearImpl qkv;

    private final LinearImpl proj;

    Attention(int dim, int heads) {
        super("Attention");
        this.heads = heads;
        qkv = register_module("qkv", Layers.linear(dim, 3 * dim));
        proj = register_module("proj", Layers.linear(dim, dim));
    }

    private record Heads(Tensor q, Tensor k, Tensor v) {}

    /** (N, T, dim) to q, k and v, each (N, heads, T, D). */
    private Heads heads(Tensor x, @Nullable Rotation rotation) {
        Tensor all = qkv.forward(x)
                .reshape(x.size(0), x.size(1), 3, heads, x.size(2) / heads)
                .permute(2, 0, 3, 1, 4); // 3 x N x heads x T x D
        Tensor q = all.select(0, 0);
        Tensor k = all.select(0, 1);
        return rotation == null
                ? new Heads(q, k, all.select(0, 2))
                : new Heads(rotation.turn(q), rotation.turn(k), all.select(0, 2));
    }

    /** (N, T, dim) to the same shape. */
    Tensor forward(Tensor x, @Nullable Rotation rotation) {
        Heads of = heads(x, rotation);
        Tensor seen = torch.scaled_dot_product_attention(of.q, of.k, of.v); // N x heads x T x D
        return proj.forward(seen.transpose(1, 2).reshape(x.size(0), x.size(1), x.size(2)));
    }

    /** What each token looks at: (N, heads, T, T), rows that sum to 1. */
    Tensor weights(Tensor x, @Nullable Rotation rotation) {
        Heads of = heads(x, rotation);
        double scale = 1 / Math.sqrt((double) x.size(2) / heads);
        return of.q.matmul(of.k.transpose(2, 3)).mul(new Scalar(scale)).softmax(3);
    }
}
