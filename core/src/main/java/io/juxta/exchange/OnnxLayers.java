package io.juxta.exchange;

import io.juxta.torch.BatchNorm;
import io.juxta.weights.onnx.OnnxAttribute;
import io.juxta.weights.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The layers of our networks as operators, whose tensors are found in a state dict by their keys. */
final class OnnxLayers {
    private static final double EPSILON = BatchNorm.EPSILON;
    private static final List<String> HEADS = List.of("fc", "projection_head", "head", "projector");

    private final OnnxGraph graph;
    private final Map<String, Tensor> state;
    private final BatchNorms norms;

    /**
     * A convolution or a fully connected layer that lies in a state dict.
     *
     * @param key in front of {@code .weight}, and of {@code .bias} where it has one
     */
    record Conv(String key, int stride, int padding, int groups) {}

    /** @param state float32; lives until the graph is written */
    OnnxLayers(OnnxGraph graph, Map<String, Tensor> state, BatchNorms norms) {
        this.graph = graph;
        this.state = state;
        this.norms = norms;
    }

    boolean has(String key) {
        return state.containsKey(key);
    }

    /** @throws IllegalArgumentException when there is no such tensor */
    Tensor tensor(String key) {
        Tensor tensor = state.get(key);
        if (tensor == null) {
            throw new IllegalArgumentException("the network has no tensor " + key);
        }
        return tensor;
    }

    String conv(String x, Conv conv) {
        return layer(x, conv, parameter(conv.key() + ".weight"), optional(conv.key() + ".bias"));
    }

    /** A convolution and the batch norm behind it, which is folded into it where that was asked for. */
    String convNorm(String x, Conv conv, String norm) {
        if (norms == BatchNorms.KEPT) {
            return batchNorm(conv(x, conv), norm);
        }
        Tensor scale = scale(norm);
        Tensor weight = tensor(conv.key() + ".weight").to(ScalarType.Double).mul(scale.reshape(-1, 1, 1, 1));
        return layer(
                x,
                conv,
                graph.tensor(conv.key() + ".weight", weight.to(ScalarType.Float)),
                Optional.of(graph.tensor(conv.key() + ".bias", shift(conv.key(), norm, scale))));
    }

    private String layer(String x, Conv conv, String weight, Optional<String> bias) {
        long side = tensor(conv.key() + ".weight").size(2);
        return graph.node(
                conv.key(),
                "Conv",
                bias.map(b -> List.of(x, weight, b)).orElse(List.of(x, weight)),
                OnnxAttribute.of("kernel_shape", List.of(side, side)),
                both("strides", conv.stride()),
                margins(conv.padding()),
                OnnxAttribute.of("group", conv.groups()));
    }

    /** 3x3, stride 2, which doubles both sides; with the batch norm behind it, if there is one. */
    String doubling(String x, String key, Optional<String> norm) {
        Tensor raw = tensor(key + ".weight");
        String weight;
        Optional<String> bias;
        boolean folds = norm.isPresent() && norms == BatchNorms.FOLDED;
        if (folds) {
            Tensor scale = scale(norm.get());
            Tensor scaled = raw.to(ScalarType.Double).mul(scale.reshape(1, -1, 1, 1));
            weight = graph.tensor(key + ".weight", scaled.to(ScalarType.Float));
            bias = Optional.of(graph.tensor(key + ".bias", shift(key, norm.get(), scale)));
        } else {
            weight = parameter(key + ".weight");
            bias = optional(key + ".bias");
        }
        String y = graph.node(
                key,
                "ConvTranspose",
                bias.map(b -> List.of(x, weight, b)).orElse(List.of(x, weight)),
                OnnxAttribute.of("kernel_shape", List.of(3L, 3L)),
                both("strides", 2),
                margins(1),
                both("output_padding", 1));
        return norm.isPresent() && !folds ? batchNorm(y, norm.get()) : y;
    }

    /** Halving with a low pass. */
    String blurredHalf(String x, String key) {
        String filter = parameter(key + ".filt");
        Tensor raw = tensor(key + ".filt");
        return graph.node(
                key,
                "Conv",
                List.of(pad(x, key, 1, "reflect"), filter),
                OnnxAttribute.of("kernel_shape", List.of(raw.size(2), raw.size(3))),
                both("strides", 2),
                margins(0),
                OnnxAttribute.of("group", raw.size(0)));
    }

    /** Doubling with a low pass: what is cut off there at the borders is one more pixel of padding here. */
    String blurredDouble(String x, String key) {
        String filter = parameter(key + ".filt");
        Tensor raw = tensor(key + ".filt");
        return graph.node(
                key,
                "ConvTranspose",
                List.of(pad(x, key, 1, "edge"), filter),
                OnnxAttribute.of("kernel_shape", List.of(raw.size(2), raw.size(3))),
                both("strides", 2),
                margins(3),
                OnnxAttribute.of("group", raw.size(0)));
    }

    /** @param mode {@code reflect} or {@code edge} */
    String pad(String x, String key, long by, String mode) {
        String pads = "pads" + by;
        if (!graph.knows(pads)) {
            graph.tensor(pads, Tensor.create(0L, 0L, by, by, 0L, 0L, by, by));
        }
        return graph.node(key + ".pad", "Pad", List.of(x, pads), OnnxAttribute.of("mode", mode));
    }

    /** A fully connected layer. */
    String linear(String x, String key) {
        return linear(x, key, parameter(key + ".weight"), optional(key + ".bias"));
    }

    /** A fully connected layer and the batch norm behind it. */
    String linearNorm(String x, String key, String norm) {
        if (norms == BatchNorms.KEPT) {
            return batchNorm(linear(x, key), norm);
        }
        Tensor scale = scale(norm);
        Tensor weight = tensor(key + ".weight").to(ScalarType.Double).mul(scale.reshape(-1, 1));
        return linear(
                x,
                key,
                graph.tensor(key + ".weight", weight.to(ScalarType.Float)),
                Optional.of(graph.tensor(key + ".bias", shift(key, norm, scale))));
    }

    private String linear(String x, String key, String weight, Optional<String> bias) {
        return graph.node(
                key,
                "Gemm",
                bias.map(b -> List.of(x, weight, b)).orElse(List.of(x, weight)),
                OnnxAttribute.of("transB", 1));
    }

    /** What a head gives, and how wide that is. */
    record Embedding(String name, long dim) {}

    /**
     * The head that a state dict has: MoCo's, SwAV's, a classifier, or a projector.
     *
     * @param x (N, features)
     * @throws IllegalArgumentException when it has none
     */
    Embedding head(String x) {
        for (String key : HEADS) {
            if (has(key + ".weight")) {
                return new Embedding(linear(x, key), tensor(key + ".weight").size(0));
            }
            if (has(key + ".0.weight")) {
                return perceptron(x, key, isGelu());
            }
        }
        throw new IllegalArgumentException("the encoder has no projection head: export its feature instead");
    }

    /** Whether a projector has GELU behind its hidden layers: DINO's has, which a last layer stands behind. */
    private boolean isGelu() {
        return has("last_layer.weight_v");
    }

    /**
     * A perceptron, whose layers have a Sequential's numbers: two apart where GELU is behind each, and more with norms.
     *
     * @param gelu what is behind hidden layers, otherwise ReLU
     */
    private Embedding perceptron(String x, String key, boolean gelu) {
        String y = x;
        long dim = 0;
        int place = 0;
        while (has(key + "." + place + ".weight")) {
            String linear = key + "." + place;
            String norm = key + "." + (place + 1);
            boolean normed = has(norm + ".running_mean");
            y = normed ? linearNorm(y, linear, norm) : linear(y, linear);
            dim = tensor(linear + ".weight").size(0);
            place += normed ? 3 : 2;
            if (has(key + "." + place + ".weight")) {
                y = gelu ? gelu(y) : relu(y);
            }
        }
        return new Embedding(y, dim);
    }

    String batchNorm(String x, String key) {
        long channels = tensor(key + ".running_mean").size(0);
        List<String> arguments = List.of(
                x,
                has(key + ".weight") ? parameter(key + ".weight") : all("ones", 1, channels),
                has(key + ".bias") ? parameter(key + ".bias") : all("zeros", 0, channels),
                parameter(key + ".running_mean"),
                parameter(key + ".running_var"));
        return graph.node(key, "BatchNormalization", arguments, OnnxAttribute.of("epsilon", (float) EPSILON));
    }

    /** @param channels of x, whose norm has neither weight nor bias */
    String instanceNorm(String x, String key, long channels) {
        return graph.node(
                key,
                "InstanceNormalization",
                List.of(x, all("ones", 1, channels), all("zeros", 0, channels)),
                OnnxAttribute.of("epsilon", (float) EPSILON));
    }

    private String all(String name, double value, long channels) {
        String all = name + channels;
        return graph.knows(all) ? all : graph.tensor(all, torch.full(new long[] {channels}, new Scalar(value)));
    }

    /** Exact, by the error function. */
    String gelu(String x) {
        String ratio = graph.node(x + ".ratio", "Mul", List.of(x, constant("rsqrt2", Math.sqrt(0.5))));
        String erf = graph.node(x + ".erf", "Erf", List.of(ratio));
        String share = graph.node(x + ".share", "Add", List.of(erf, constant("unit", 1)));
        String half = graph.node(x + ".half", "Mul", List.of(x, constant("half", 0.5)));
        return graph.node(x + ".gelu", "Mul", List.of(half, share));
    }

    private String constant(String name, double value) {
        return graph.knows(name) ? name : graph.tensor(name, Tensor.create((float) value));
    }

    String relu(String x) {
        return graph.node(x + ".relu", "Relu", List.of(x));
    }

    private Tensor scale(String norm) {
        Tensor deviation = tensor(norm + ".running_var")
                .to(ScalarType.Double)
                .add(new Scalar(EPSILON))
                .sqrt();
        return has(norm + ".weight")
                ? tensor(norm + ".weight").to(ScalarType.Double).div(deviation)
                : deviation.reciprocal();
    }

    /** The bias of a layer into which a norm is folded. */
    private Tensor shift(String key, String norm, Tensor scale) {
        Tensor mean = tensor(norm + ".running_mean").to(ScalarType.Double);
        Tensor centred =
                has(key + ".bias") ? tensor(key + ".bias").to(ScalarType.Double).sub(mean) : mean.neg();
        Tensor scaled = centred.mul(scale);
        Tensor shifted = has(norm + ".bias") ? scaled.add(tensor(norm + ".bias").to(ScalarType.Double)) : scaled;
        return shifted.to(ScalarType.Float);
    }

    private String parameter(String key) {
        return graph.tensor(key, tensor(key).to(ScalarType.Float));
    }

    private Optional<String> optional(String key) {
        return has(key) ? Optional.of(parameter(key)) : Optional.empty();
    }

    private static OnnxAttribute both(String name, long value) {
        return OnnxAttribute.of(name, List.of(value, value));
    }

    private static OnnxAttribute margins(long value) {
        return OnnxAttribute.of("pads", List.of(value, value, value, value));
    }
}
