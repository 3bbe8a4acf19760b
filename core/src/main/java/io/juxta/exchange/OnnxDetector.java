package io.juxta.exchange;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.detect.BoxCoder;
import io.juxta.detect.DetectorOptions;
import io.juxta.detect.FasterRcnn;
import io.juxta.detect.PictureKeys;
import io.juxta.detect.TrainedDetector;
import io.juxta.torch.StateDict;
import io.juxta.weights.onnx.OnnxAttribute;
import io.juxta.weights.onnx.OnnxFile;
import io.juxta.weights.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A detector as an ONNX file. Its input is {@code image}, float32 (1, 3, height, width) of any size, bytes less the metadata's
 * {@code mean} and divided by its {@code std}, channels in the order {@code channels}. Its outputs, in pixels of that image:
 *
 * <ul>
 *   <li>{@code all_boxes} (R, K, 4) and {@code all_scores} (R, K): of each proposal what it would be if it were of each class, before
 *       suppression;
 *   <li>{@code boxes} (D, 4), {@code scores} (D) and {@code classes} (D), int64: what is found, the surest first.
 * </ul>
 *
 * <p>Proposals and detections are suppressed by the operator {@code NonMaxSuppression}, features are pooled by {@code RoiAlign}.
 */
@API(status = API.Status.INTERNAL)
public final class OnnxDetector {
    private static final int WHOLE = 7;
    private static final int REAL = 1;
    private static final float NOTHING = -1e30f;

    /**
     * How a file is written.
     *
     * @param version of this library, which the file names as its producer's
     */
    public record Options(BatchNorms norms, String version) {}

    private final DetectorOptions options;
    private final int classes;
    private final OnnxGraph graph = new OnnxGraph("detector");
    private final OnnxLayers layers;
    private final OnnxResNet backbone;

    private OnnxDetector(FasterRcnn network, BatchNorms norms) {
        options = network.options();
        classes = network.classes();
        layers = new OnnxLayers(graph, StateDict.of(network), norms);
        backbone = new OnnxResNet(graph, layers, network.backbone().options(), "backbone.");
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @throws IllegalArgumentException when the file would be above 2 GiB
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, TrainedDetector detector, Options options) throws IOException {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            OnnxDetector export = new OnnxDetector(detector.network(), options.norms());
            export.build();
            OnnxFile.write(file, export.graph, options.version(), export.metadata(detector, options));
        }
    }

    private void build() {
        String image = graph.input("image", List.of("1", "3", "height", "width"));
        String limits = limits(image);
        String features = backbone.stem(image);
        for (int layer = 1; layer <= 3; layer++) {
            features = backbone.layer(features, layer);
        }
        String proposals = proposals(features, limits);
        detections(features, proposals, limits);
    }

    /** Width and height of the image twice, (4). */
    private String limits(String image) {
        String shape = graph.node("image.shape", "Shape", List.of(image));
        String sides = graph.node("image.sides", "Gather", List.of(shape, whole("image.axes", 3, 2, 3, 2)));
        return cast("image.limits", sides, REAL);
    }

    private String proposals(String features, String limits) {
        String hidden = layers.relu(layers.conv(features, new OnnxLayers.Conv("rpn.conv", 1, 1, 1)));
        String logits = rows("rpn.logits", layers.conv(hidden, new OnnxLayers.Conv("rpn.logits", 1, 0, 1)), -1);
        String deltas = rows("rpn.deltas", layers.conv(hidden, new OnnxLayers.Conv("rpn.deltas", 1, 0, 1)), -1, 4);
        // no more than there are
        String there = graph.node("rpn.count", "Shape", List.of(logits));
        String most = graph.node("rpn.most", "Min", List.of(there, whole("rpn.candidates", options.testCandidates())));
        List<String> best = graph.nodes(List.of("rpn.best", "rpn.places"), "TopK", List.of(logits, most));
        String anchors = gather("rpn.anchors", anchors(features), best.get(1));
        String ways = gather("rpn.ways", deltas, best.get(1));
        String boxes = clipped("rpn.boxes", decoded("rpn", anchors, ways, BoxCoder.OF_PROPOSALS), limits);
        String scores = graph.node(
                "rpn.scores", "Where", List.of(hasSize("rpn", boxes), best.get(0), real("rpn.nothing", 2 * NOTHING)));
        String kept = graph.node(
                "rpn.kept",
                "NonMaxSuppression",
                List.of(
                        reshaped("rpn.boxes.batch", boxes, 1, -1, 4),
                        reshaped("rpn.scores.batch", scores, 1, 1, -1),
                        whole("rpn.proposals", options.testProposals()),
                        reals("rpn.overlap", (float) DetectorOptions.PROPOSAL_OVERLAP),
                        reals("rpn.least", NOTHING)));
        return gather("proposals", boxes, column("rpn.kept.boxes", kept, 2));
    }

    /** The anchors of every place of the map, (P, 4). */
    private String anchors(String features) {
        String shape = graph.node("map.shape", "Shape", List.of(features));
        String down = shifts("map.down", shape, 2, 0, 1);
        String right = shifts("map.right", shape, 3, 1, 0);
        String places = graph.node("map.places", "Add", List.of(down, right)); // h x w x 1 x 4
        String own = graph.tensor(
                "anchors",
                Tensor.create(options.anchorsOfAPlace()).reshape(-1, 4).to(ScalarType.Float));
        return reshaped("map.anchors", graph.node("map.grid", "Add", List.of(places, own)), -1, 4);
    }

    /** Pixels from the first place along one axis, as a shift of boxes. */
    private String shifts(String key, String shape, int axis, int x, int y) {
        String length = scalar(key + ".length", gather(key + ".side", shape, whole(key + ".axis", axis)));
        String places = graph.node(
                key + ".range",
                "Range",
                List.of(wholeScalar(key + ".start", 0), length, wholeScalar(key + ".step", 1)));
        long[] form = axis == 2 ? new long[] {-1, 1, 1, 1} : new long[] {1, -1, 1, 1};
        String along = reshaped(key + ".places", cast(key + ".real", places, REAL), form);
        int stride = options.stride();
        return graph.node(
                key, "Mul", List.of(along, reals(key + ".stride", x * stride, y * stride, x * stride, y * stride)));
    }

    private void detections(String features, String proposals, String limits) {
        String first = column("roi.first", cast("roi.whole", proposals, WHOLE), 0);
        String picture = graph.node("roi.picture", "Sub", List.of(first, first)); // 0 for each
        String pooled = graph.node(
                "roi.features",
                "RoiAlign",
                List.of(features, proposals, picture),
                OnnxAttribute.of("coordinate_transformation_mode", "half_pixel"),
                OnnxAttribute.of("mode", "avg"),
                OnnxAttribute.of("output_height", FasterRcnn.GRID),
                OnnxAttribute.of("output_width", FasterRcnn.GRID),
                OnnxAttribute.of("sampling_ratio", 0),
                OnnxAttribute.of("spatial_scale", 1f / options.stride()));
        String seen = layers.batchNorm(backbone.layer(pooled, 4), "head.norm");
        String mean = graph.node(
                "head.mean", "Flatten", List.of(graph.node("head.pool", "GlobalAveragePool", List.of(seen))));
        String likelihood = graph.node(
                "head.softmax", "Softmax", List.of(layers.linear(mean, "head.scores")), OnnxAttribute.of("axis", 1));
        String scores = graph.node(
                "all_scores",
                "Slice",
                List.of(likelihood, whole("head.from", 0), whole("head.to", classes), whole("head.along", 1)));
        String ways = reshaped("head.ways", layers.linear(mean, "head.deltas"), -1, classes, 4);
        String from = reshaped("head.proposals", proposals, -1, 1, 4);
        String boxes = clipped("all_boxes", decoded("head", from, ways, BoxCoder.OF_DETECTIONS), limits);
        graph.output(boxes, List.of("proposals", Integer.toString(classes), "4"));
        graph.output(scores, List.of("proposals", Integer.toString(classes)));
        found(boxes, scores);
    }

    /** Each class by itself, as pictures of a batch are. */
    private void found(String boxes, String scores) {
        String sized = graph.node(
                "head.scores.sized", "Where", List.of(hasSize("head", boxes), scores, real("head.nothing", NOTHING)));
        String kept = graph.node(
                "head.kept",
                "NonMaxSuppression",
                List.of(
                        transposed("head.boxes.batch", boxes, 1, 0, 2),
                        reshaped("head.scores.batch", transposed("head.scores.classes", sized, 1, 0), classes, 1, -1),
                        whole("head.most", options.detections()),
                        reals("head.overlap", (float) DetectorOptions.DETECTION_OVERLAP),
                        reals("head.least", (float) options.leastScore())));
        String places = graph.node(
                "head.places", "Gather", List.of(kept, whole("head.columns", 2, 0)), OnnxAttribute.of("axis", 1));
        String keptBoxes = graph.node("head.kept.boxes", "GatherND", List.of(boxes, places));
        String keptScores = graph.node("head.kept.scores", "GatherND", List.of(scores, places));
        String count = graph.node("head.count", "Shape", List.of(keptScores));
        String most = graph.node("head.surest.count", "Min", List.of(count, "head.most"));
        List<String> surest = graph.nodes(List.of("scores", "head.surest"), "TopK", List.of(keptScores, most));
        gather("boxes", keptBoxes, surest.get(1));
        gather("classes", column("head.kept.classes", kept, 0), surest.get(1));
        graph.output("boxes", List.of("detections", "4"));
        graph.output("scores", List.of("detections"));
        graph.wholeOutput("classes", List.of("detections"));
    }

    /** Boxes at the end of the ways from others; both (..., 4). */
    private String decoded(String key, String from, String ways, BoxCoder coder) {
        String[] ends = new String[4];
        for (int axis = 0; axis < 2; axis++) {
            String at = key + (axis == 0 ? ".x" : ".y");
            String low = side(at + ".low", from, axis);
            String high = side(at + ".high", from, axis + 2);
            String size = graph.node(at + ".size", "Sub", List.of(high, low));
            String half = graph.node(at + ".half", "Mul", List.of(size, real(at + ".0.5", 0.5f)));
            String centre = graph.node(at + ".centre", "Add", List.of(low, half));
            String shift =
                    graph.node(at + ".shift", "Mul", List.of(side(at + ".way", ways, axis), real(at + ".scale", (float)
                            (1 / coder.wx()))));
            String moved = graph.node(at + ".moved", "Mul", List.of(shift, size));
            String there = graph.node(at + ".there", "Add", List.of(centre, moved));
            String growth = graph.node(
                    at + ".growth", "Mul", List.of(side(at + ".log", ways, axis + 2), real(at + ".scales", (float)
                            (1 / coder.ww()))));
            String believed = graph.node(
                    at + ".believed", "Min", List.of(growth, real(at + ".most", (float) BoxCoder.MOST_GROWTH)));
            String extent =
                    graph.node(at + ".extent", "Mul", List.of(graph.node(at + ".exp", "Exp", List.of(believed)), half));
            ends[axis] = graph.node(at + "1", "Sub", List.of(there, extent));
            ends[axis + 2] = graph.node(at + "2", "Add", List.of(there, extent));
        }
        return graph.node(key + ".decoded", "Concat", List.of(ends), OnnxAttribute.of("axis", -1));
    }

    private String side(String key, String boxes, int place) {
        return graph.node(key, "Gather", List.of(boxes, whole(key + ".place", place)), OnnxAttribute.of("axis", -1));
    }

    private String clipped(String key, String boxes, String limits) {
        String above = graph.node(key + ".above", "Max", List.of(boxes, real(key + ".0", 0)));
        return graph.node(key, "Min", List.of(above, limits));
    }

    /** Whether each of (..., 4) has a width and a height, (...). */
    private String hasSize(String key, String boxes) {
        String wide = bigger(key + ".wide", boxes, 0);
        String high = bigger(key + ".high", boxes, 1);
        return graph.node(key + ".sized", "And", List.of(wide, high));
    }

    private String bigger(String key, String boxes, int axis) {
        return graph.node(
                key, "Greater", List.of(end(key + ".end", boxes, axis + 2), end(key + ".begin", boxes, axis)));
    }

    /** One of four coordinates, without the axis of coordinates. */
    private String end(String key, String boxes, int place) {
        return graph.node(
                key, "Gather", List.of(boxes, wholeScalar(key + ".place", place)), OnnxAttribute.of("axis", -1));
    }

    /** A map (1, A v, h, w) as rows, place by place. */
    private String rows(String key, String map, long... form) {
        return reshaped(key + ".rows", transposed(key + ".places", map, 0, 2, 3, 1), form);
    }

    private String transposed(String key, String x, long... axes) {
        return graph.node(key, "Transpose", List.of(x), OnnxAttribute.of("perm", boxed(axes)));
    }

    private String reshaped(String key, String x, long... form) {
        return graph.node(key, "Reshape", List.of(x, whole(key + ".form", form)));
    }

    private String scalar(String key, String x) {
        return graph.node(key, "Squeeze", List.of(x));
    }

    private String gather(String key, String x, String places) {
        return graph.node(key, "Gather", List.of(x, places), OnnxAttribute.of("axis", 0));
    }

    /** A column of a matrix. */
    private String column(String key, String x, int number) {
        return graph.node(key, "Gather", List.of(x, wholeScalar(key + ".number", number)), OnnxAttribute.of("axis", 1));
    }

    private String cast(String key, String x, int type) {
        return graph.node(key, "Cast", List.of(x), OnnxAttribute.of("to", type));
    }

    private String whole(String key, long... values) {
        return graph.tensor(key, Tensor.create(values));
    }

    private String wholeScalar(String key, long value) {
        return graph.tensor(key, Tensor.create(value).reshape());
    }

    private String real(String key, float value) {
        return graph.tensor(key, Tensor.create(value).reshape());
    }

    private String reals(String key, float... values) {
        return graph.tensor(key, Tensor.create(values));
    }

    private static List<Long> boxed(long... values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }

    private Map<String, String> metadata(TrainedDetector detector, Options written) throws IOException {
        PictureKeys keys = detector.recipe().pictures();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("arch", options.arch());
        metadata.put("width", Integer.toString(options.width()));
        metadata.put("classes", new ObjectMapper().writeValueAsString(detector.classes()));
        metadata.put("mean", OnnxEncoder.numbers(keys.pixelValues().mean()));
        metadata.put("std", OnnxEncoder.numbers(keys.pixelValues().deviation()));
        metadata.put("channels", keys.pixelValues().order());
        metadata.put("short_side", Integer.toString(keys.testShortSide()));
        metadata.put("longest_side", Integer.toString(keys.longestSide()));
        metadata.put("juxta", written.version());
        return metadata;
    }
}
