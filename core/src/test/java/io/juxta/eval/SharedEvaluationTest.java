package io.juxta.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.Ranks;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.eval.neighbours.Knn;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.eval.probe.JudgedEpoch;
import io.juxta.eval.probe.LabelSplit;
import io.juxta.eval.probe.LinearProbe;
import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.eval.probe.LinearProbeResult;
import io.juxta.eval.probe.SemiSupervised;
import io.juxta.eval.probe.SemiSupervisedOptions;
import io.juxta.eval.probe.SemiSupervisedResult;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.MixedPrecision;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What several processes measure is what one does; no image counts twice, whatever cannot be cut into equal parts. */
@Tag("slow")
@Timeout(120)
class SharedEvaluationTest {
    private static final Normalization N = Normalization.CIFAR10;
    private static final Dataset TRAIN = new DrawnShapes(1, 41, 16);
    private static final Dataset HELD_OUT = new DrawnShapes(2, 19, 16);

    /** Drawn once: libtorch has one generator for all ranks of this JVM, and classifiers draw from it as well. */
    private static final TinyEncoder ENCODER = drawn();

    private static TinyEncoder drawn() {
        Torch.seed(4);
        return new TinyEncoder();
    }

    private static TinyEncoder encoder() {
        TinyEncoder encoder = new TinyEncoder();
        StateDict.load(encoder, StateDict.of(ENCODER));
        return encoder;
    }

    @ParameterizedTest
    @CsvSource({"2, 8", "3, 8", "4, 256", "4, 1"})
    void featuresAreAllOfThemOnce(int processes, int batch) throws Exception {
        FeatureOptions options = new FeatureOptions(Layer.BACKBONE, FeatureOptions.Length.RAW, batch);
        List<double[]> alone = Ranks.run(1, communicator -> features(options, communicator));
        for (double[] rank : Ranks.run(processes, communicator -> features(options, communicator))) {
            assertThat(rank).containsExactly(alone.get(0), within(1e-5));
        }
    }

    /** Values, then labels. */
    private static double[] features(FeatureOptions options, Communicator communicator) throws IOException {
        try (PointerScope scope = new PointerScope();
                Features features = Features.of(encoder(), TRAIN, Augmentation.plain(16, N), options, communicator)) {
            double[] values = Goldens.values(features.values());
            double[] labels = Goldens.values(features.labels());
            double[] both = new double[values.length + labels.length];
            System.arraycopy(values, 0, both, 0, values.length);
            System.arraycopy(labels, 0, both, values.length, labels.length);
            return both;
        }
    }

    @Test
    void nearestNeighboursAreThoseOfOneProcess() throws Exception {
        Accuracy alone = Ranks.run(1, SharedEvaluationTest::knn).get(0);
        assertThat(alone.count()).isEqualTo(19);
        assertThat(alone.top1()).isBetween(1.0, 99.0);
        for (int processes : List.of(2, 3)) {
            assertThat(Ranks.run(processes, SharedEvaluationTest::knn)).containsOnly(alone);
        }
    }

    private static Accuracy knn(Communicator communicator) throws IOException {
        FeatureOptions unit = FeatureOptions.of(Layer.BACKBONE, FeatureOptions.Length.UNIT);
        Augmentation view = Augmentation.plain(16, N);
        TinyEncoder encoder = encoder();
        try (PointerScope scope = new PointerScope();
                Features bank = Features.of(encoder, TRAIN, view, unit, communicator);
                Features asked = Features.of(encoder, HELD_OUT, view, unit, communicator)) {
            KnnOptions options = new KnnOptions(5, 0.1, Layer.BACKBONE);
            return Knn.evaluate(asked.values(), asked.labels(), bank.values(), bank.labels(), options, communicator);
        }
    }

    /** 41 images in batches of 12: the last has 5, which 2 processes cannot cut and each gets as a whole. */
    @ParameterizedTest
    @CsvSource({"augmented, 2", "augmented, 4", "cached, 3"})
    void aLinearProbeIsThatOfOneProcess(String mode, int processes) throws Exception {
        double[] alone = Ranks.run(1, communicator -> probe(mode, communicator)).get(0);
        List<double[]> ranks = Ranks.run(processes, communicator -> probe(mode, communicator));
        for (double[] rank : ranks) {
            assertThat(rank).containsExactly(ranks.get(0));
            assertThat(rank).containsExactly(alone, within(1e-4));
        }
    }

    /** Of three epochs loss, accuracies and counts, then the classifier's weights. */
    private static double[] probe(String mode, Communicator communicator) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            LinearProbeOptions options = LinearProbeOptions.of(List.of(
                    "probe-epochs=3", "probe-lr=1", "probe-schedule=[]", "probe-batch-size=12", "probe-mode=" + mode));
            LinearProbeResult result = LinearProbe.run(
                    encoder(),
                    TRAIN,
                    mode.equals("cached") ? Augmentation.plain(16, N) : Augmentation.linearTrain(16, N),
                    HELD_OUT,
                    Augmentation.plain(16, N),
                    options,
                    communicator,
                    epoch -> {});
            double[] weights = Goldens.values(result.classifier().get("fc.weight"));
            double[] all = new double[9 + weights.length];
            for (int epoch = 0; epoch < 3; epoch++) {
                JudgedEpoch judged = result.epochs().get(epoch);
                all[3 * epoch] = judged.loss();
                all[3 * epoch + 1] = judged.validation().top1();
                all[3 * epoch + 2] = judged.train().count();
            }
            System.arraycopy(weights, 0, all, 9, weights.length);
            return all;
        }
    }

    /** In float64: batch norm of the parts, or of a last batch that each has as a whole, is that of the batch. */
    @ParameterizedTest
    @CsvSource({"2", "4"})
    void fineTuningIsThatOfOneProcess(int processes) throws Exception {
        double[] alone = Ranks.run(1, SharedEvaluationTest::tune).get(0);
        List<double[]> ranks = Ranks.run(processes, SharedEvaluationTest::tune);
        for (double[] rank : ranks) {
            assertThat(rank).containsExactly(ranks.get(0));
            assertThat(rank).containsExactly(alone, within(1e-10));
        }
    }

    /** Of three epochs loss, accuracy and count, then all tensors of encoder and head. */
    private static double[] tune(Communicator communicator) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            TinyEncoder encoder = encoder();
            StateDict.convert(encoder, ScalarType.Double);
            SemiSupervisedOptions options = Recipe.parse("semi-epochs: 3\nsemi-batch-size: 12\n", "test")
                    .bind(SemiSupervisedOptions.class)
                    .fitTo(LabelSplit.balanced(TRAIN, 1, 0), line -> {});
            SemiSupervisedResult result = SemiSupervised.run(
                    encoder,
                    TRAIN,
                    Augmentation.linearTrain(16, N),
                    HELD_OUT,
                    Augmentation.plain(16, N),
                    options,
                    MixedPrecision.none(),
                    communicator,
                    epoch -> {});
            List<Double> all = new ArrayList<>();
            for (JudgedEpoch epoch : result.epochs()) {
                all.addAll(List.of(epoch.loss(), epoch.validation().top1(), (double)
                        epoch.train().count()));
            }
            for (Map<String, Tensor> state : List.of(StateDict.of(encoder), result.classifier())) {
                state.values()
                        .forEach(tensor -> Arrays.stream(Goldens.values(tensor)).forEach(all::add));
            }
            return all.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    @Test
    void aBatchThatCannotBeSharedIsRefused() {
        assertThatThrownBy(() -> Ranks.run(5, communicator -> probe("cached", communicator)))
                .hasMessageContaining("probe-batch-size 12 cannot be shared by 5 processes: make it a multiple of 5");
    }
}
