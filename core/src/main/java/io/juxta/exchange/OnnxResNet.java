package io.juxta.exchange;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.weights.onnx.OnnxAttribute;
import io.juxta.weights.onnx.OnnxGraph;
import java.util.List;

/**
 * A residual network as operators.
 *
 * @param prefix of its names in the state dict
 */
record OnnxResNet(OnnxGraph graph, OnnxLayers layers, ResNet.Options network, String prefix) {
    /** What an image meets first. */
    String stem(String image) {
        boolean photos = network.stem() == Architecture.Stem.IMAGENET;
        OnnxLayers.Conv first = new OnnxLayers.Conv(prefix + "conv1", photos ? 2 : 1, photos ? 3 : 1, 1);
        String x = layers.relu(layers.convNorm(image, first, prefix + "bn1"));
        return photos
                ? graph.node(
                        prefix + "maxpool",
                        "MaxPool",
                        List.of(x),
                        OnnxAttribute.of("kernel_shape", List.of(3L, 3L)),
                        OnnxAttribute.of("strides", List.of(2L, 2L)),
                        OnnxAttribute.of("pads", List.of(1L, 1L, 1L, 1L)))
                : x;
    }

    /** @param layer from 1 to 4 */
    String layer(String x, int layer) {
        String y = x;
        for (int i = 0; i < network.architecture().blocks().get(layer - 1); i++) {
            y = block(y, prefix + "layer" + layer + "." + i, layer > 1 && i == 0 ? 2 : 1);
        }
        return y;
    }

    private String block(String x, String key, int stride) {
        Architecture architecture = network.architecture();
        int convs = architecture.bottleneck() ? 3 : 2;
        int strided = architecture.bottleneck() ? 2 : 1;
        String y = x;
        for (int i = 1; i <= convs; i++) {
            boolean wide = !architecture.bottleneck() || i == 2;
            OnnxLayers.Conv conv = new OnnxLayers.Conv(
                    key + ".conv" + i, i == strided ? stride : 1, wide ? 1 : 0, wide ? architecture.groups() : 1);
            y = layers.convNorm(y, conv, key + ".bn" + i);
            y = i < convs ? layers.relu(y) : y;
        }
        String identity = layers.has(key + ".downsample.0.weight")
                ? layers.convNorm(x, new OnnxLayers.Conv(key + ".downsample.0", stride, 0, 1), key + ".downsample.1")
                : x;
        return layers.relu(graph.node(key, "Add", List.of(y, identity)));
    }
}
