package io.juxta.cut.networks;

import io.juxta.cut.strips.Chain;
import io.juxta.cut.strips.Chain.Layer;
import io.juxta.cut.strips.Chain.Link;
import io.juxta.cut.strips.Reach;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Layers one behind the other; those with tensors of their own are registered under their number in the row. */
@API(status = API.Status.INTERNAL)
public final class LayerRow extends Container {
    private final List<Link> links = new ArrayList<>();
    private final int in;

    /** @param in channels that the first layer gets */
    public LayerRow(int in) {
        super("LayerRow");
        this.in = in;
    }

    /** Adds a layer without tensors, which leaves as many channels as it gets. */
    public LayerRow add(Layer layer) {
        links.add(new Link(layer, out()));
        return this;
    }

    /** Adds a layer with the module that holds its tensors. */
    public LayerRow add(Module module, Layer layer) {
        return add(out(), module, layer);
    }

    /** Adds a layer that leaves another number of channels. */
    public LayerRow add(int out, Module module, Layer layer) {
        register_module(Integer.toString(links.size()), module);
        links.add(new Link(layer, out));
        return this;
    }

    /** Says what the layer that was added last depends on, where that is not its own row alone. */
    public LayerRow reaching(Reach reach) {
        int last = links.size() - 1;
        links.set(last, links.get(last).reaching(reach));
        return this;
    }

    /** Says how often as many values as the layer that was added last leaves are kept for the backward pass, where that is not once. */
    public LayerRow keeping(double times) {
        int last = links.size() - 1;
        links.set(last, links.get(last).keeping(times));
        return this;
    }

    /** Adds a layer that works in place. */
    public LayerRow inPlace(Layer layer) {
        return add(layer).keeping(0);
    }

    LayerRow conv(int out, int kernel, int stride, int padding, boolean bias) {
        Conv2dImpl conv = Layers.conv2d(out(), out, kernel, stride, padding, bias);
        return add(out, conv, conv::forward).reaching(Reach.of(kernel, stride, padding));
    }

    LayerRow norm(Norm norm) {
        if (norm == Norm.BATCH) {
            BatchNorm batch = new BatchNorm(out(), 1);
            return add(batch, batch::forward);
        }
        return norm == Norm.INSTANCE ? add(Norm::instance).reaching(Reach.WHOLE) : inPlace(x -> x);
    }

    /** The channels that the last layer leaves. */
    public int out() {
        return links.isEmpty() ? in : links.get(links.size() - 1).out();
    }

    /** The channels that a layer leaves. */
    public int out(int layer) {
        return links.get(layer).out();
    }

    public int size() {
        return links.size();
    }

    /** All layers, for images that are too large to be passed as a whole. */
    public Chain chain() {
        return chain(0, links.size());
    }

    /** @param to excluded */
    public Chain chain(int from, int to) {
        return new Chain(from == 0 ? in : out(from - 1), links.subList(from, to));
    }

    public Tensor forward(Tensor x) {
        return forward(x, 0, links.size());
    }

    private Tensor forward(Tensor x, int from, int to) {
        Tensor y = x;
        for (Link link : links.subList(from, to)) {
            y = link.layer().forward(y);
        }
        return y;
    }

    /**
     * Passes the layers up to {@code end}, which is not passed, and keeps some activations.
     *
     * @param tapped ascending numbers of layers below {@code end}
     * @return the activations behind those layers, and behind them the last of all
     */
    public List<Tensor> forward(Tensor x, List<Integer> tapped, int end) {
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
