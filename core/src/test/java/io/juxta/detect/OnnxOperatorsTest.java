package io.juxta.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.data.boxes.Boxes;
import io.juxta.weights.onnx.OnnxAttribute;
import io.juxta.weights.onnx.OnnxFile;
import io.juxta.weights.onnx.OnnxGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ROIAlign and suppression beside onnxruntime's operators, on many boxes, some of them odd. */
@Tag("slow")
class OnnxOperatorsTest {
    @TempDir
    private Path folder;

    private OrtSession session(OnnxGraph graph) throws Exception {
        Path file = folder.resolve("graph.onnx");
        OnnxFile.write(file, graph, "1", Map.of());
        return OrtEnvironment.getEnvironment().createSession(file.toString());
    }

    private static OnnxTensor tensor(Object values) throws Exception {
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), values);
    }

    private static float[][] rows(Boxes boxes) {
        double[] xyxy = boxes.toArray();
        float[][] rows = new float[boxes.size()][4];
        for (int k = 0; k < xyxy.length; k++) {
            rows[k / 4][k % 4] = (float) xyxy[k];
        }
        return rows;
    }

    @Test
    void roiAlign() throws Exception {
        Boxes boxes = Boxes.join(List.of(
                Drawn.boxes(31, 60, 128, 96),
                Boxes.of(-40, -30, 200, 150, 5, 5, 5, 5, 127, 95, 128, 96, 20, 20, 21, 90)));
        try (PointerScope scope = new PointerScope()) {
            OnnxGraph graph = new OnnxGraph("align");
            String x = graph.input("features", List.of("1", "8", "6", "8"));
            String rois = graph.input("rois", List.of("n", "4"));
            String zeros = graph.tensor("zeros", Tensor.create(new long[boxes.size()]));
            graph.node(
                    "pooled",
                    "RoiAlign",
                    List.of(x, rois, zeros),
                    OnnxAttribute.of("coordinate_transformation_mode", "half_pixel"),
                    OnnxAttribute.of("mode", "avg"),
                    OnnxAttribute.of("output_height", 14),
                    OnnxAttribute.of("output_width", 14),
                    OnnxAttribute.of("sampling_ratio", 0),
                    OnnxAttribute.of("spatial_scale", 1f / 16));
            graph.output("pooled", List.of("n", "8", "14", "14"));
            Tensor features = Filler.tensor(5, ScalarType.Float, 1, 8, 6, 8);
            float[] flat = new float[8 * 6 * 8];
            features.contiguous().data_ptr_float().get(flat);
            float[][][][] nested = new float[1][8][6][8];
            IntStream.range(0, flat.length).forEach(i -> nested[0][i / 48][i / 8 % 6][i % 8] = flat[i]);
            try (OrtSession session = session(graph);
                    OnnxTensor map = tensor(nested);
                    OnnxTensor where = tensor(rows(boxes));
                    OrtSession.Result result = session.run(Map.of("features", map, "rois", where))) {
                java.nio.FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
                double[] expected = IntStream.range(0, buffer.remaining())
                        .mapToDouble(buffer::get)
                        .toArray();
                double[] pooled = Goldens.values(new RoiAlign(14, 1.0 / 16)
                        .forward(features, List.of(boxes))
                        .contiguous());
                assertThat(pooled).containsExactly(expected, within(2e-5));
            }
        }
    }

    @Test
    void nonMaxSuppression() throws Exception {
        Boxes boxes = Drawn.boxes(77, 300, 100, 80);
        double[] scores = Drawn.values(78, 300, 1);
        scores[17] = scores[40]; // equal ones: the first comes first
        for (float threshold : new float[] {0.3f, 0.5f, 0.7f}) {
            try (PointerScope scope = new PointerScope()) {
                OnnxGraph graph = new OnnxGraph("suppression");
                String all = graph.input("boxes", List.of("1", "300", "4"));
                String sure = graph.input("scores", List.of("1", "1", "300"));
                graph.node(
                        "kept",
                        "NonMaxSuppression",
                        List.of(
                                all,
                                sure,
                                graph.tensor("most", Tensor.create(1000L)),
                                graph.tensor("overlap", Tensor.create(threshold)),
                                graph.tensor("least", Tensor.create(-1e30f))));
                graph.wholeOutput("kept", List.of("n", "3"));
                float[][] list = new float[1][300];
                IntStream.range(0, 300).forEach(i -> list[0][i] = (float) scores[i]);
                try (OrtSession session = session(graph);
                        OnnxTensor of = tensor(new float[][][] {rows(boxes)});
                        OnnxTensor by = tensor(new float[][][] {list});
                        OrtSession.Result result = session.run(Map.of("boxes", of, "scores", by))) {
                    long[][] kept = (long[][]) result.get(0).getValue();
                    int[] expected = java.util.Arrays.stream(kept)
                            .mapToInt(row -> (int) row[2])
                            .toArray();
                    assertThat(expected).hasSizeBetween(30, 299);
                    assertThat(NonMaxSuppression.keep(boxes, scores, threshold, 1000))
                            .containsExactly(expected);
                }
            }
        }
    }
}
