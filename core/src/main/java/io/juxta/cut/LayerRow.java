package io.juxta.cut;

import io.juxta.torch.Container;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Layers one behind the other; those with tensors of their own are registered under their number in the row. */
final class LayerRow extends Container {
    private final List<Layer> layers = new ArrayList<>();
    private final List<Integer> channels = new ArrayList<>();

    /** A layer as a function; it may change its input in place. */
    @FunctionalInterface
    interface Layer {
        Tensor forward(Tensor x);
    }

    /** @param in channels that the first layer gets */
    LayerRow(int in) {
        super("LayerRow");
        channels.add(in);
    }

    /** Adds a layer without tensors, which leaves as many channels as it gets. */
    LayerRow add(Layer layer) {
        channels.add(out());
        layers.add(layer);
        return this;
    }

    /** Adds a layer with the module that holds its tensors. */
    LayerRow add(Module module, Layer layer) {
        register_module(Integer.toString(layers.size()), module);
        return add(layer);
    }

    /** Adds a layer that leaves another number of channels. */
    LayerRow add(int out, Module module, Layer layer) {
        add(module, layer);
        channels.set(layers.size(), out);
        return this;
    }

    /** The channels that the last layer leaves. */
    int out() {
        return channels.get(layers.size());
    }

    /** The channels that a layer leaves. */
    int out(int layer) {
        return channels.get(layer + 1);
    }

    int size() {
        return layers.size();
    }

    Tensor forward(Tensor x) {
        return forward(x, 0, layers.size());
    }

    private Tensor forward(Tensor x, int from, int to) {
        Tensor y = x;
        for (Layer layer : layers.subList(from, to)) {
            y = layer.forward(y);
        }
        return y;
    }

    /**
     * Passes the layers up to {@code end}, which is not passed, and keeps some activations.
     *
     * @param tapped ascending numbers of layers below {@code end}
     * @return the activations behind those layers, and behind them the last of all
     */
    List<Tensor> forward(Tensor x, List<Integer> tapped, int end) {
        List<Tensor> activations = new ArrayList<>();
        Tensor y = x;
        int passed = 0;
        for (int layer : tapped) {
            y = forward(y, passed, layer + 1);
            passed = layer + 1;
            activations.add(y);
        }
        activations.add(forward(y, passed, end));
        return activations;
    }
}
