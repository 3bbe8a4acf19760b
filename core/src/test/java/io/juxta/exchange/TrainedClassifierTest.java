package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import io.juxta.Classification;
import io.juxta.Classifier;
import io.juxta.Filler;
import io.juxta.TinyEncoderFile;
import io.juxta.eval.probe.Calibration;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.torch.Devices;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder and a classifier in one file, as ONNX, and in programs: always the same probabilities. */
class TrainedClassifierTest {
    private static final List<String> CLASSES = List.of("apple", "pear, ripe", "\"quince\"");
    private static final Calibration CALIBRATION = new Calibration(1.7, 0.2, 0.1, 50);
    private static final int FEATURES = 64;

    @TempDir
    Path folder;

    private Path written(boolean norm) throws IOException {
        Path encoder = TinyEncoderFile.write(folder.resolve("encoder.safetensors"));
        Path file = folder.resolve("classifier.safetensors");
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("fc.weight", Filler.tensor(1, ScalarType.Float, 3, FEATURES));
        state.put("fc.bias", Filler.tensor(2, ScalarType.Float, 3));
        if (norm) {
            state.put("bn.weight", Filler.tensor(3, ScalarType.Float, FEATURES));
            state.put("bn.bias", Filler.tensor(4, ScalarType.Float, FEATURES));
            state.put("bn.running_mean", Filler.tensor(5, ScalarType.Float, FEATURES));
            state.put(
                    "bn.running_var",
                    Filler.tensor(6, ScalarType.Float, FEATURES).abs().add(new Scalar(0.5)));
            state.put("bn.num_batches_tracked", torch.zeros(1).squeeze().to(ScalarType.Long));
        }
        TrainedClassifier.write(
                file,
                encoder,
                TrainedEncoder.read(encoder, Devices.parse("cpu")),
                state,
                CLASSES,
                CALIBRATION,
                Map.of("judged", "top-1 90 %"));
        return file;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFileAndItsOnnxComputeWhatTheLayersSay(boolean norm) throws IOException, OrtException {
        try (PointerScope scope = new PointerScope()) {
            Path file = written(norm);
            Tensor x = Filler.tensor(9, ScalarType.Float, 5, 3, 16, 16);
            TrainedClassifier read = TrainedClassifier.read(file, Devices.parse("cpu"));
            assertThat(read.classes()).isEqualTo(CLASSES);
            Tensor feature = read.encoder().network().pooled(x).detach();
            if (norm) {
                feature = feature.sub(Filler.tensor(5, ScalarType.Float, FEATURES))
                        .div(Filler.tensor(6, ScalarType.Float, FEATURES)
                                .abs()
                                .add(new Scalar(0.5 + 1e-5))
                                .sqrt())
                        .mul(Filler.tensor(3, ScalarType.Float, FEATURES))
                        .add(Filler.tensor(4, ScalarType.Float, FEATURES));
            }
            Tensor scores = feature.matmul(
                            Filler.tensor(1, ScalarType.Float, 3, FEATURES).t())
                    .add(Filler.tensor(2, ScalarType.Float, 3));
            Tensor wanted = torch.softmax(scores.div(new Scalar(1.7)), 1);
            Onnx.assertSame(read.probabilities().of(x), wanted);

            Path onnx = folder.resolve("classifier.onnx");
            Export.write(file, ExportFormat.ONNX, new Export.Options(false, BatchNorms.FOLDED, "1"), onnx);
            try (Onnx computed = new Onnx(onnx)) {
                Onnx.assertSame(computed.run(x, "probabilities"), wanted);
                assertThat(computed.metadata())
                        .containsEntry("classes", "[\"apple\",\"pear, ripe\",\"\\\"quince\\\"\"]")
                        .containsKey("mean");
            }
        }
    }

    @Test
    void whereverAnEncoderIsTakenItIsOne() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Path file = written(false);
            Tensor x = Filler.tensor(9, ScalarType.Float, 2, 3, 16, 16);
            Tensor own = TrainedEncoder.read(folder.resolve("encoder.safetensors"), Devices.parse("cpu"))
                    .network()
                    .forward(x);
            assertThat(TrainedEncoder.read(file, Devices.parse("cpu"))
                            .network()
                            .forward(x)
                            .equal(own))
                    .isTrue();
        }
    }

    @Test
    void programsAskFromManyThreads() throws Exception {
        Path file;
        try (PointerScope scope = new PointerScope()) {
            file = written(true);
        }
        List<Path> pictures = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < 12; i++) {
            byte[] rgb = new byte[3 * (20 + i) * 24];
            random.nextBytes(rgb);
            pictures.add(Files.write(folder.resolve(i + ".png"), Png.encode(new Image(20 + i, 24, rgb))));
        }
        try (Classifier classifier = Classifier.load(file, "cpu", 4)) {
            assertThat(classifier.classes()).isEqualTo(CLASSES);
            List<Classification> together = classifier.classify(pictures);
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                List<Future<Classification>> asked = pictures.stream()
                        .map(picture -> threads.submit(() -> classifier.classify(picture)))
                        .toList();
                for (int i = 0; i < pictures.size(); i++) {
                    Classification alone = asked.get(i).get();
                    assertThat(alone.name()).isEqualTo(together.get(i).name());
                    double sum = 0;
                    for (String name : CLASSES) {
                        assertThat(alone.of(name)).isCloseTo(together.get(i).of(name), within(1e-5f));
                        assertThat(alone.of(name)).isLessThanOrEqualTo(alone.probability());
                        sum += alone.of(name);
                    }
                    assertThat(sum).isCloseTo(1, within(1e-5));
                }
            } finally {
                threads.shutdown();
            }
            assertThatThrownBy(() -> together.get(0).of("plum")).hasMessageContaining("there is no class plum");
        }
    }

    @Test
    void whatIsNoClassifierIsSaidInOneLine() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Path encoder = TinyEncoderFile.write(folder.resolve("encoder.safetensors"));
            assertThatThrownBy(() -> TrainedClassifier.read(encoder, Devices.parse("cpu")))
                    .isInstanceOf(IOException.class)
                    .hasMessage(encoder + " is an encoder without classifier: train one with evaluate linear or semi,"
                            + " --output classifier.safetensors");
            Path file = written(false);
            for (String temperature : new String[] {"0", "-1", "NaN", "warm"}) {
                Map<String, String> said =
                        new LinkedHashMap<>(Safetensors.read(file).metadata());
                said.put("temperature", temperature);
                Path other = folder.resolve("other.safetensors");
                Safetensors.write(other, Safetensors.read(file).tensors(), said);
                assertThatThrownBy(() -> TrainedClassifier.read(other, Devices.parse("cpu")))
                        .hasMessage(other + ": its temperature " + temperature + " is no number above 0");
            }
            assertThatThrownBy(() -> Export.write(
                            file,
                            ExportFormat.ONNX,
                            new Export.Options(true, BatchNorms.KEPT, "1"),
                            folder.resolve("head.onnx")))
                    .hasMessageContaining("leave out --head");
        }
    }
}
