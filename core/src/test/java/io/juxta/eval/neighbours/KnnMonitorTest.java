package io.juxta.eval.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.data.DrawnShapes;
import io.juxta.distributed.Communicator;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.torch.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class KnnMonitorTest {
    private static final Augmentation PLAIN = Augmentation.plain(16, Normalization.CIFAR10);
    private static final KnnOptions KNN = new KnnOptions(3, 0.1, Layer.BACKBONE);

    private static KnnMonitor monitor(int every, int epochs) {
        return new KnnMonitor(
                new TinyEncoder(),
                new DrawnShapes(1, 20, 16),
                new DrawnShapes(2, 10, 16),
                PLAIN,
                KNN,
                new KnnMonitor.Options(every),
                epochs,
                Communicator.single());
    }

    /** The last epoch's figure is what the run came to. */
    @ParameterizedTest
    @CsvSource({"1, 3, 1 2 3", "2, 4, 2 4", "2, 5, 2 4 5", "10, 3, 3", "0, 3, ''"})
    void measuresEveryFewEpochsAndAlwaysTheLast(int every, int epochs, String measured) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            KnnMonitor monitor = monitor(every, epochs);
            List<String> seen = new ArrayList<>();
            for (int epoch = 0; epoch < epochs; epoch++) {
                Map<String, Double> metrics = new HashMap<>();
                monitor.epoch(epoch, metrics);
                if (metrics.containsKey("knn")) {
                    seen.add("" + (epoch + 1));
                }
            }
            assertThat(String.join(" ", seen)).isEqualTo(measured);
        }
    }

    @Test
    void whatAnEpochGetsIsWhatIsMeasured() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            KnnMonitor monitor = monitor(1, 1);
            Map<String, Double> metrics = new HashMap<>();
            monitor.epoch(0, metrics);
            assertThat(metrics).isEqualTo(Map.of("knn", monitor.measure()));
        }
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    void itIsTheAccuracyOfTheQueriesAmongTheBank(Layer layer) throws IOException {
        DrawnShapes bank = new DrawnShapes(1, 120, 16);
        DrawnShapes queries = new DrawnShapes(2, 67, 16);
        KnnOptions knn = new KnnOptions(7, 0.1, layer);
        Torch.seed(5);
        try (PointerScope scope = new PointerScope()) {
            TinyEncoder encoder = new TinyEncoder();
            FeatureOptions unit = FeatureOptions.of(layer, FeatureOptions.Length.UNIT);
            Features known = Features.of(encoder, bank, PLAIN, unit);
            Features asked = Features.of(encoder, queries, PLAIN, unit);
            double expected = Knn.evaluate(asked.values(), asked.labels(), known.values(), known.labels(), knn)
                    .top1();
            KnnMonitor.Options each = new KnnMonitor.Options(1);
            KnnMonitor monitor = new KnnMonitor(encoder, bank, queries, PLAIN, knn, each, 1, Communicator.single());
            assertThat(monitor.measure()).isEqualTo(expected).isBetween(1.0, 99.0);
        }
    }

    /** Ten thousand photos of 224 pixels would take 6 GB as they are. */
    @Test
    void largePicturesAreShrunkBeforeTheirPixelsAreCompared() throws IOException {
        DrawnShapes bank = new DrawnShapes(1, 60, 64);
        DrawnShapes queries = new DrawnShapes(2, 30, 64);
        Augmentation large = Augmentation.evaluation(73, 64, Normalization.CIFAR10);
        Augmentation small = Augmentation.evaluation(37, 32, Normalization.CIFAR10);
        try (PointerScope scope = new PointerScope()) {
            KnnMonitor shrinking = raw(bank, queries, large);
            assertThat(shrinking.rawSide()).isEqualTo(32);
            assertThat(shrinking.raw()).isEqualTo(raw(bank, queries, small).raw());
            // small ones stay as they are
            assertThat(monitor(1, 1).rawSide()).isEqualTo(16);
        }
    }

    private static KnnMonitor raw(DrawnShapes bank, DrawnShapes queries, Augmentation view) {
        return new KnnMonitor(
                new TinyEncoder(), bank, queries, view, KNN, new KnnMonitor.Options(1), 1, Communicator.single());
    }
}
