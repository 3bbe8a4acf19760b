package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.TinyDetectorFile;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.PictureSize;
import io.juxta.detect.FasterRcnn;
import io.juxta.detect.TrainedDetector;
import io.juxta.torch.Devices;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detectors as onnxruntime computes them, against libtorch and Java. */
@Tag("slow")
class OnnxDetectorTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"resnet18, KEPT", "resnet18, FOLDED", "resnet50, KEPT"})
    void itFindsWhatTheNetworkFinds(String arch, BatchNorms norms) throws Exception {
        try (PointerScope scope = new PointerScope()) {
            Path weights = TinyDetectorFile.write(
                    folder.resolve("detector.safetensors"), TinyDetectorFile.RECIPE.replace("resnet18", arch));
            TrainedDetector detector = TrainedDetector.read(weights, Devices.parse("cpu"));
            FasterRcnn network = detector.network();
            Onnx.train(network);
            Path file = folder.resolve("detector.onnx");
            OnnxDetector.write(file, detector, new OnnxDetector.Options(norms, "1.2"));
            try (Onnx onnx = new Onnx(file)) {
                assertThat(onnx.metadata()).containsEntry("classes", "[\"apple\",\"banana\"]");
                for (int[] size : new int[][] {{64, 96}, {75, 50}}) {
                    Tensor image = Filler.tensor(size[0], ScalarType.Float, 1, 3, size[0], size[1]);
                    Detections found = network.detect(image, List.of(new PictureSize(size[1], size[0])))
                            .get(0);
                    assertThat(found.size()).isGreaterThan(3);
                    double[] scores = Goldens.values(onnx.run(image, "scores"));
                    double[] boxes = Goldens.values(onnx.run(image, "boxes"));
                    assertThat(scores).containsExactly(found.scores(), within(1e-4));
                    assertThat(boxes).containsExactly(found.boxes().toArray(), within(0.02));
                    assertThat(onnx.whole(image, "classes"))
                            .containsExactly(java.util.Arrays.stream(found.classes())
                                    .asLongStream()
                                    .toArray());
                    Tensor all = onnx.run(image, "all_scores");
                    Tensor allBoxes = onnx.run(image, "all_boxes");
                    assertThat(all.size(0)).isEqualTo(allBoxes.size(0)).isBetween(2L, 20L);
                    assertThat(all.size(1)).isEqualTo(2);
                    assertThat(allBoxes.size(2)).isEqualTo(4);
                    assertThat(all.max().item_double()).isCloseTo(scores[0], within(1e-6));
                }
            }
        }
    }

    /** Where nothing is sure enough nothing is found, and nothing fails. */
    @Test
    void nothingMayBeFound() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            Path weights = TinyDetectorFile.write(
                    folder.resolve("detector.safetensors"), TinyDetectorFile.RECIPE + "least-score: 0.99\n");
            Path file = folder.resolve("detector.onnx");
            Export.write(weights, ExportFormat.ONNX, Export.Options.plain("1"), file);
            try (Onnx onnx = new Onnx(file)) {
                Tensor image = Filler.tensor(3, ScalarType.Float, 1, 3, 48, 48);
                assertThat(onnx.run(image, "scores").numel()).isZero();
                assertThat(onnx.run(image, "all_scores").numel()).isPositive();
            }
            Path other = folder.resolve("other.pth");
            assertThatThrownBy(() -> Export.write(weights, ExportFormat.TORCHVISION, Export.Options.plain("1"), other))
                    .hasMessage(
                            weights + " is a detector, which has no format torchvision: use one of safetensors, onnx");
            Export.write(weights, ExportFormat.SAFETENSORS, Export.Options.plain("1"), folder.resolve("d.safetensors"));
        }
    }
}
