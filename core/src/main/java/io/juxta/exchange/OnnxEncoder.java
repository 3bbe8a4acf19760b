package io.juxta.exchange;

import io.juxta.backbone.ResNet;
import io.juxta.image.Normalization;
import io.juxta.torch.StateDict;
import io.juxta.weights.onnx.OnnxAttribute;
import io.juxta.weights.onnx.OnnxFile;
import io.juxta.weights.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.jspecify.annotations.Nullable;

/**
 * An encoder as an ONNX file. Its input is {@code image}, float32 (batch, 3, height, width), red first, normalised as
 * the metadata {@code mean} and {@code std} say; its output {@code feature} (batch, features) or {@code embedding} (batch,
 * dim), neither brought to length 1. Tensors have the names of the state dict.
 */
@API(status = API.Status.INTERNAL)
public final class OnnxEncoder {
    /** What the file gives for an image. */
    public enum Output {
        /** The pooled feature under the head. */
        FEATURE,
        /** What the projection head makes of it. */
        EMBEDDING
    }

    /**
     * How a file is written.
     *
     * @param input that the encoder was trained with
     * @param version of this library, which the file names as its producer's
     * @param classifier that stands behind the feature, and takes its place as the output; null for none
     */
    public record Options(
            Output output,
            BatchNorms norms,
            Normalization input,
            String version,
            @Nullable OnnxClassifier classifier) {
        /** Without classifier. */
        public Options(Output output, BatchNorms norms, Normalization input, String version) {
            this(output, norms, input, version, null);
        }
    }

    private final ResNet.Options network;
    private final OnnxGraph graph = new OnnxGraph("encoder");
    private final OnnxLayers layers;

    private OnnxEncoder(ResNet encoder, BatchNorms norms) {
        network = encoder.options();
        layers = new OnnxLayers(graph, StateDict.of(encoder), norms);
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @param encoder of any architecture, stem and width, with MoCo's head, SwAV's, a projector or none; prototypes and DINO's last layer are left out
     * @throws IllegalArgumentException when an embedding is asked of an encoder without head, or the file would be above 2
     *     GiB
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, ResNet encoder, Options options) throws IOException {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            OnnxEncoder export = new OnnxEncoder(encoder, options.norms());
            export.build(options, encoder.features());
            OnnxFile.write(file, export.graph, options.version(), export.metadata(options));
        }
    }

    private void build(Options options, long features) {
        OnnxResNet resnet = new OnnxResNet(graph, layers, network, "");
        String x = resnet.stem(graph.input("image", List.of("batch", "3", "height", "width")));
        for (int layer = 1; layer <= 4; layer++) {
            x = resnet.layer(x, layer);
        }
        x = graph.node("avgpool", "GlobalAveragePool", List.of(x));
        boolean embeds = options.output() == Output.EMBEDDING;
        x = graph.node(embeds ? "flatten" : "feature", "Flatten", List.of(x), OnnxAttribute.of("axis", 1));
        if (options.classifier() != null) {
            options.classifier().into(graph, x);
        } else if (embeds) {
            OnnxLayers.Embedding last = layers.head(x);
            graph.node("embedding", "Identity", List.of(last.name()));
            graph.output("embedding", List.of("batch", Long.toString(last.dim())));
        } else {
            graph.output(x, List.of("batch", Long.toString(features)));
        }
    }

    private Map<String, String> metadata(Options options) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("arch", network.architecture().name());
        metadata.put("stem", network.stem().name().toLowerCase(Locale.ROOT));
        metadata.put("width", Integer.toString(network.width()));
        metadata.put("mean", numbers(options.input().mean()));
        metadata.put("std", numbers(options.input().std()));
        metadata.put("juxta", options.version());
        OnnxClassifier.say(options.classifier(), metadata);
        return metadata;
    }

    static String numbers(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
