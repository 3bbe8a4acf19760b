package io.juxta.backbone;

import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What turns a pooled feature (N, in) into an embedding (N, dim). */
@API(status = API.Status.INTERNAL)
public final class ProjectionHead {
    /** The kinds of head MoCo uses. */
    public enum Kind {
        /** One fully connected layer (MoCo v1; keys {@code fc.weight}, {@code fc.bias}). */
        LINEAR,
        /**
         * A hidden layer as wide as the feature, ReLU, and the output layer (MoCo v2: Chen et al., 2020, section 3;
         * keys {@code fc.0.*}, {@code fc.2.*}).
         */
        MLP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String key;
    private final Module module;
    private final UnaryOperator<Tensor> forward;

    private ProjectionHead(String key, Module module, UnaryOperator<Tensor> forward) {
        this.key = key;
        this.module = module;
        this.forward = forward;
    }

    /**
     * MoCo's head, registered as {@code fc}.
     *
     * @param in width of the backbone's feature
     * @param dim width of the embedding
     */
    public static ProjectionHead of(Kind kind, int in, int dim) {
        if (kind == Kind.LINEAR) {
            LinearImpl linear = Layers.linear(in, dim);
            return new ProjectionHead("fc", linear, linear::forward);
        }
        Container mlp = new Container("mlp");
        LinearImpl hidden = mlp.register_module("0", Layers.linear(in, in));
        LinearImpl output = mlp.register_module("2", Layers.linear(in, dim));
        return new ProjectionHead("fc", mlp, x -> output.forward(torch.relu_(hidden.forward(x))));
    }

    /**
     * SwAV's head, registered as {@code projection_head}: a hidden layer with batch norm and ReLU, and the output layer
     * (Caron et al., 2020, appendix A.1; keys {@code projection_head.0}, {@code .1} and {@code .3}).
     *
     * @param in width of the backbone's feature
     * @param hidden width of the hidden layer, 2048 in the paper; 0 for the output layer alone, {@code
     *     projection_head.weight} and {@code .bias}
     * @param dim width of the embedding
     */
    public static ProjectionHead swav(int in, int hidden, int dim) {
        String key = "projection_head";
        if (hidden == 0) {
            LinearImpl linear = Layers.linear(in, dim);
            return new ProjectionHead(key, linear, linear::forward);
        }
        Container mlp = new Container(key);
        LinearImpl first = mlp.register_module("0", Layers.linear(in, hidden));
        BatchNorm norm = mlp.register_module("1", new BatchNorm(hidden, 1));
        LinearImpl output = mlp.register_module("3", Layers.linear(hidden, dim));
        return new ProjectionHead(key, mlp, x -> output.forward(torch.relu_(norm.forward(first.forward(x)))));
    }

    /** A perceptron as a head, registered as {@code projector}. */
    public static ProjectionHead of(Perceptron perceptron) {
        return new ProjectionHead("projector", perceptron, perceptron::forward);
    }

    /** A linear layer to classes, registered as {@code head}, timm's name. */
    static ProjectionHead classes(int in, int classes) {
        LinearImpl linear = Layers.linear(in, classes);
        return new ProjectionHead("head", linear, linear::forward);
    }

    String key() {
        return key;
    }

    Module module() {
        return module;
    }

    Tensor forward(Tensor x) {
        return forward.apply(x);
    }
}
