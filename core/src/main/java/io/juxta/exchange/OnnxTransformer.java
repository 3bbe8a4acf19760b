package io.juxta.exchange;

import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.VisionTransformer;
import io.juxta.torch.StateDict;
import io.juxta.weights.onnx.OnnxAttribute;
import io.juxta.weights.onnx.OnnxFile;
import io.juxta.weights.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A vision transformer as an ONNX file. Its input is {@code image}, float32 (batch, 3, side, side), normalised as the metadata
 * {@code mean} and {@code std} say; its outputs are {@code feature} (batch, features) or, with a head, {@code embedding}; and {@code
 * patches} (batch, dim, side / patch, side / patch). The side is fixed: the positions of a picture of that size lie in the file, as
 * opset 17 has no interpolation that is antialiased. Tensors have the names of the state dict; matrices that are multiplied from
 * the right end in {@code .T}.
 */
final class OnnxTransformer {
    private final VisionTransformer network;
    private final TransformerOptions options;
    private final OnnxGraph graph = new OnnxGraph("encoder");
    private final Map<String, Tensor> state;
    private final OnnxLayers layers;
    private final int side;

    private OnnxTransformer(VisionTransformer network, int side, BatchNorms norms) {
        this.network = network;
        this.side = side;
        options = network.options();
        state = StateDict.of(network);
        layers = new OnnxLayers(graph, state, norms);
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @param side of its pictures in pixels, which patches fill
     * @throws IllegalArgumentException when it has no head and one is asked for, or turns queries and keys by their places
     * @throws IOException when it cannot be written, in one line that names the file
     */
    static void write(Path file, VisionTransformer network, int side, OnnxEncoder.Options options) throws IOException {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            OnnxTransformer export = new OnnxTransformer(network, side, options.norms());
            export.build(options);
            OnnxFile.write(file, export.graph, options.version(), export.metadata(options));
        }
    }

    private void build(OnnxEncoder.Options written) {
        Tensor table = state.get("pos_embed");
        if (table == null) {
            throw new IllegalArgumentException("vision transformers with rotary positions are not written as onnx");
        }
        int dim = options.dim();
        int patches = options.patches(side);
        long count = (long) patches * patches;
        Tensor positions = options.positions().table(table, options.grid(), patches, patches);
        Tensor first = tensor("cls_token").add(positions.narrow(1, 0, 1));
        if (options.registers() > 0) {
            first = torch.cat(new TensorVector(first, tensor("register_tokens")), 1);
        }
        String pixels = Integer.toString(side);
        String image = graph.input("image", List.of("batch", "3", pixels, pixels));
        String cut = graph.node(
                "patch_embed.proj",
                "Conv",
                List.of(image, parameter("patch_embed.proj.weight"), parameter("patch_embed.proj.bias")),
                OnnxAttribute.of("kernel_shape", List.of((long) options.patch(), (long) options.patch())),
                OnnxAttribute.of("strides", List.of((long) options.patch(), (long) options.patch())));
        String x = transposed(reshaped(cut, "patch_embed.flat", 0, dim, count), "patch_embed.rows", 0, 2, 1);
        x = add(x, graph.tensor("positions", positions.narrow(1, 1, count).contiguous()), "patch_embed.placed");
        String batch =
                graph.node("batch", "Shape", List.of(image), OnnxAttribute.of("start", 0), OnnxAttribute.of("end", 1));
        String shape = graph.node(
                "first.shape",
                "Concat",
                List.of(batch, graph.tensor("first.sides", Tensor.create(first.size(1), (long) dim))),
                OnnxAttribute.of("axis", 0));
        String begin = graph.node("first", "Expand", List.of(graph.tensor("first.tokens", first.contiguous()), shape));
        x = graph.node("tokens", "Concat", List.of(begin, x), OnnxAttribute.of("axis", 1));
        for (int i = 0; i < options.depth(); i++) {
            x = block(x, "blocks." + i);
        }
        results(norm(x, "norm"), written, patches);
    }

    private void results(String x, OnnxEncoder.Options written, int patches) {
        int dim = options.dim();
        long others = 1L + options.registers();
        String cls = graph.node("class", "Gather", List.of(x, whole("zero", 0L)), OnnxAttribute.of("axis", 1)); // N x D
        String rows = graph.node(
                "patches.rows",
                "Slice",
                List.of(x, whole("others", others), whole("end", Long.MAX_VALUE), whole("one", 1L)));
        String mean = graph.node(
                "mean",
                "ReduceMean",
                List.of(rows),
                OnnxAttribute.of("axes", List.of(1L)),
                OnnxAttribute.of("keepdims", 0));
        boolean embeds = written.output() == OnnxEncoder.Output.EMBEDDING;
        cls = reshaped(cls, "class.flat", 0, dim);
        String pooled =
                switch (network.output()) {
                    case CLASS -> cls;
                    case MEAN -> mean;
                    case BOTH -> graph.node("both", "Concat", List.of(cls, mean), OnnxAttribute.of("axis", 1));
                };
        if (written.classifier() != null) {
            written.classifier().into(graph, pooled);
        } else if (embeds) {
            OnnxLayers.Embedding last = layers.head(pooled);
            graph.node("embedding", "Identity", List.of(last.name()));
            graph.output("embedding", List.of("batch", Long.toString(last.dim())));
        } else {
            graph.node("feature", "Identity", List.of(pooled));
            graph.output("feature", List.of("batch", Integer.toString(network.features())));
        }
        String map = transposed(rows, "patches.columns", 0, 2, 1);
        graph.node("patches", "Identity", List.of(reshaped(map, "patches.map", 0, dim, patches, patches)));
        String along = Integer.toString(patches);
        graph.output("patches", List.of("batch", Integer.toString(dim), along, along));
    }

    private String block(String x, String key) {
        String y = scaled(attention(norm(x, key + ".norm1"), key + ".attn"), key + ".ls1");
        String middle = add(x, y, key + ".seen");
        String z = norm(middle, key + ".norm2");
        z = options.feedForward() == FeedForward.MLP ? mlp(z, key + ".mlp") : gated(z, key + ".mlp");
        return add(middle, scaled(z, key + ".ls2"), key);
    }

    private String attention(String x, String key) {
        int heads = options.heads();
        int width = options.dim() / heads;
        String all = transposed(
                reshaped(linear(x, key + ".qkv"), key + ".split", 0, -1, 3, heads, width), key + ".by", 2, 0, 3, 1, 4);
        String q = part(all, key + ".q", 0);
        String k = part(all, key + ".k", 1);
        String v = part(all, key + ".v", 2);
        String product = graph.node(key + ".qk", "MatMul", List.of(q, transposed(k, key + ".kT", 0, 1, 3, 2)));
        String scale = "scale";
        if (!graph.knows(scale)) {
            graph.tensor(scale, Tensor.create((float) (1 / Math.sqrt(width))));
        }
        String weights = graph.node(
                key + ".softmax",
                "Softmax",
                List.of(graph.node(key + ".scaled", "Mul", List.of(product, scale))),
                OnnxAttribute.of("axis", -1));
        String seen = graph.node(key + ".of", "MatMul", List.of(weights, v));
        String joined = reshaped(transposed(seen, key + ".back", 0, 2, 1, 3), key + ".joined", 0, -1, options.dim());
        return linear(joined, key + ".proj");
    }

    /** One of queries, keys and values, which lie along the first side. */
    private String part(String all, String name, long number) {
        String place = whole("part" + number, number);
        String one = graph.node(name + ".one", "Gather", List.of(all, place), OnnxAttribute.of("axis", 0));
        return graph.node(name, "Squeeze", List.of(one, whole("axis0", 0L)));
    }

    private String mlp(String x, String key) {
        String y = linear(x, key + ".fc1");
        return linear(layers.gelu(y), key + ".fc2");
    }

    private String gated(String x, String key) {
        String both = linear(x, key + ".w12");
        String axis = whole("last", -1L);
        String middle = whole("hidden", (long) options.hidden());
        String gate = graph.node(key + ".gate", "Slice", List.of(both, whole("zero", 0L), middle, axis));
        String value = graph.node(key + ".value", "Slice", List.of(both, middle, whole("end", Long.MAX_VALUE), axis));
        String silu =
                graph.node(key + ".silu", "Mul", List.of(gate, graph.node(key + ".sigmoid", "Sigmoid", List.of(gate))));
        return linear(graph.node(key + ".gated", "Mul", List.of(silu, value)), key + ".w3");
    }

    private String scaled(String x, String key) {
        return options.layerScale() ? graph.node(key, "Mul", List.of(x, parameter(key + ".gamma"))) : x;
    }

    private String norm(String x, String key) {
        return graph.node(
                key,
                "LayerNormalization",
                List.of(x, parameter(key + ".weight"), parameter(key + ".bias")),
                OnnxAttribute.of("axis", -1),
                OnnxAttribute.of("epsilon", (float) options.epsilon()));
    }

    private String linear(String x, String key) {
        String weight =
                graph.tensor(key + ".weight.T", tensor(key + ".weight").t().contiguous());
        return add(graph.node(key + ".product", "MatMul", List.of(x, weight)), parameter(key + ".bias"), key);
    }

    private String add(String a, String b, String name) {
        return graph.node(name, "Add", List.of(a, b));
    }

    private String reshaped(String x, String name, long... sides) {
        return graph.node(name, "Reshape", List.of(x, graph.tensor(name + ".sides", Tensor.create(sides))));
    }

    private String transposed(String x, String name, Integer... order) {
        List<Long> places =
                java.util.Arrays.stream(order).map(Integer::longValue).toList();
        return graph.node(name, "Transpose", List.of(x), OnnxAttribute.of("perm", places));
    }

    private String whole(String name, long value) {
        return graph.knows(name) ? name : graph.tensor(name, Tensor.create(value));
    }

    private String parameter(String key) {
        return graph.knows(key) ? key : graph.tensor(key, tensor(key));
    }

    private Tensor tensor(String key) {
        Tensor tensor = state.get(key);
        if (tensor == null) {
            throw new IllegalArgumentException("the network has no tensor " + key);
        }
        return tensor;
    }

    private Map<String, String> metadata(OnnxEncoder.Options written) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("arch", "vit");
        metadata.put("dim", Integer.toString(options.dim()));
        metadata.put("patch", Integer.toString(options.patch()));
        metadata.put("size", Integer.toString(side));
        metadata.put("mean", OnnxEncoder.numbers(written.input().mean()));
        metadata.put("std", OnnxEncoder.numbers(written.input().std()));
        metadata.put("juxta", written.version());
        OnnxClassifier.say(written.classifier(), metadata);
        return metadata;
    }
}
