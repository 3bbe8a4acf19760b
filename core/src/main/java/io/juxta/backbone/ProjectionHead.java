package io.juxta.backbone;

import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What turns a pooled feature (N, in) into an embedding (N, dim), registered as {@code fc}. */
public final class ProjectionHead {
    /** The kinds of head MoCo uses. */
    public enum Kind {
        /** One fully connected layer (MoCo v1; keys {@code fc.weight}, {@code fc.bias}). */
        LINEAR,
        /**
         * A hidden layer as wide as the feature, ReLU, and the output layer (MoCo v2: Chen et al. 2020, section 3;
         * keys {@code fc.0.*}, {@code fc.2.*}).
         */
        MLP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Module module;
    private final UnaryOperator<Tensor> forward;

    private ProjectionHead(Module module, UnaryOperator<Tensor> forward) {
        this.module = module;
        this.forward = forward;
    }

    /**
     * @param in width of the backbone's feature
     * @param dim width of the embedding
     */
    public static ProjectionHead of(Kind kind, int in, int dim) {
        if (kind == Kind.LINEAR) {
            LinearImpl linear = Layers.linear(in, dim);
            return new ProjectionHead(linear, linear::forward);
        }
        Container mlp = new Container("mlp");
        LinearImpl hidden = mlp.register_module("0", Layers.linear(in, in));
        LinearImpl output = mlp.register_module("2", Layers.linear(in, dim));
        return new ProjectionHead(mlp, x -> output.forward(torch.relu_(hidden.forward(x))));
    }

    Module module() {
        return module;
    }

    Tensor forward(Tensor x) {
        return forward.apply(x);
    }
}
