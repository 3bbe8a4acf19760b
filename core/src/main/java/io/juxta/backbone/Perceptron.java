package io.juxta.backbone;

import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Fully connected layers, all but the last with batch norm and ReLU behind them, as the projectors and predictors of methods
 * that compare two views are; or with GELU alone, as DINO's. Names are a PyTorch Sequential's: {@code 0} the first layer, {@code
 * 1} its norm, {@code 3} the second layer, and so on; without norms {@code 0}, {@code 2}, {@code 4}.
 */
@API(status = API.Status.INTERNAL)
public final class Perceptron extends Container {
    private final List<UnaryOperator<Tensor>> layers = new ArrayList<>();

    /** Whether layers have a bias; behind one, a norm makes it idle. */
    public enum Bias {
        NONE,
        HIDDEN,
        LAST,
        ALL
    }

    /** What is behind the last layer. */
    public enum LastNorm {
        /** Nothing. */
        NONE,
        /** Batch norm that learns neither scale nor shift. */
        PLAIN,
        /** Batch norm that learns a scale. */
        SCALED
    }

    /** What is behind every other layer. */
    public enum Hidden {
        /** Batch norm and ReLU. */
        NORM_RELU,
        GELU,
        /** Batch norm and GELU. */
        NORM_GELU
    }

    /** What papers differ in besides widths. */
    public record Form(Bias bias, LastNorm lastNorm, Hidden hidden) {
        /** With batch norm and ReLU behind hidden layers. */
        public Form(Bias bias, LastNorm lastNorm) {
            this(bias, lastNorm, Hidden.NORM_RELU);
        }
    }

    /**
     * @param in width of the input
     * @param widths of each layer's output, at least one
     */
    public Perceptron(int in, List<Integer> widths, Form form) {
        super("Perceptron");
        boolean normed = form.hidden != Hidden.GELU;
        int from = in;
        for (int i = 0; i < widths.size(); i++) {
            boolean last = i == widths.size() - 1;
            int to = widths.get(i);
            int place = (normed ? 3 : 2) * i;
            boolean bias = form.bias == Bias.ALL || form.bias == (last ? Bias.LAST : Bias.HIDDEN);
            LinearImpl linear = register_module(
                    Integer.toString(place), bias ? Layers.linear(from, to) : Layers.linearWithoutBias(from, to));
            layers.add(linear::forward);
            if (last ? form.lastNorm != LastNorm.NONE : normed) {
                BatchNorm norm = register_module(Integer.toString(place + 1), norm(to, last, form.lastNorm));
                layers.add(norm::forward);
            }
            if (!last) {
                layers.add(form.hidden == Hidden.NORM_RELU ? torch::relu_ : torch::gelu);
            }
            from = to;
        }
    }

    private static BatchNorm norm(int features, boolean last, LastNorm lastNorm) {
        if (!last) {
            return new BatchNorm(features, 1);
        }
        return new BatchNorm(features, 1, lastNorm == LastNorm.SCALED ? BatchNorm.Affine.SCALE : BatchNorm.Affine.NONE);
    }

    /** (N, in) to (N, the last width). */
    public Tensor forward(Tensor x) {
        Tensor y = x;
        for (UnaryOperator<Tensor> layer : layers) {
            y = layer.apply(y);
        }
        return y;
    }
}
