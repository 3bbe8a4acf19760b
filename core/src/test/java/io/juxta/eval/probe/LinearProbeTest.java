package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.data.DrawnShapes;
import io.juxta.eval.Accuracy;
import io.juxta.eval.Drawn.Colours;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.eval.Features;
import io.juxta.eval.LabelledImages;
import io.juxta.eval.probe.LinearProbeOptions.Mode;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class LinearProbeTest {
    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
        Torch.seed(4);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static LinearProbeOptions options(Mode mode, int epochs) {
        return LinearProbeOptions.of(List.of(
                "probe-epochs=" + epochs,
                "probe-schedule=[6, 8]",
                "probe-batch-size=16",
                "probe-mode=" + mode.name().toLowerCase(Locale.ROOT),
                "seed=3"));
    }

    private static LinearProbeResult run(TinyEncoder encoder, Mode mode) throws IOException {
        Colours train = new Colours(90, 3, 16, 1);
        Colours validation = new Colours(60, 3, 25, 50_000);
        return LinearProbe.run(encoder, train, validation, options(mode, 10), epoch -> {});
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void separatesWhatIsSeparable(Mode mode) throws IOException {
        TinyEncoder encoder = new TinyEncoder();
        encoder.train(true);
        LinearProbeResult result = run(encoder, mode);
        assertThat(result.epochs()).hasSize(10);
        assertThat(result.last().validation()).isEqualTo(new Accuracy(100, 100, 60));
        assertThat(result.best().validation().top1()).isEqualTo(100);
        assertThat(result.last().train().count()).isEqualTo(90);
        assertThat(result.last().loss()).isLessThan(0.5);
        assertThat(result.epochs().get(5).lr()).isEqualTo(30);
        assertThat(result.epochs().get(6).lr()).isEqualTo(3);
        assertThat(result.epochs().get(8).lr()).isCloseTo(0.3, within(1e-12));
        assertThat(result)
                .asString()
                .contains("top-1 100.00 %")
                .endsWith(result.options().said());
        assertThat(encoder.everTrained).isFalse();
        assertThat(encoder.is_training()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void twoRunsAgreeToTheLastBit(Mode mode) throws IOException {
        TinyEncoder encoder = new TinyEncoder();
        LinearProbeResult one = run(encoder, mode);
        torch.rand(17);
        LinearProbeResult two = run(encoder, mode);
        assertThat(two.epochs()).isEqualTo(one.epochs());
        one.classifier()
                .forEach((name, tensor) -> assertThat(
                                torch.equal(tensor, two.classifier().getOrDefault(name, torch.zeros(1))))
                        .isTrue());
    }

    /** The first step by hand: softmax minus one-hot, momentum 0, from the weights that the seed draws. */
    @Test
    void takesTheStepsOfSgd() {
        double[] x = {0.5, -1, 2};
        Tensor features = Tensor.create(x, 1, 3);
        Tensor label = Tensor.create(new long[] {1}, 1);
        LinearClassifier classifier = LinearClassifier.probe(features, 3, 2, LinearProbeOptions.of(List.of("seed=9")));
        Map<String, Tensor> state = classifier.state();
        double[][] w = new double[2][3];
        double[] z = new double[2];
        for (int c = 0; c < 2; c++) {
            for (int d = 0; d < 3; d++) {
                w[c][d] = state.get("fc.weight").select(0, c).select(0, d).item_double();
                z[c] += w[c][d] * x[d];
            }
        }
        double p0 = 1 / (1 + Math.exp(z[1] - z[0]));
        LinearClassifier.Seen seen = classifier.learn(features, label, 2);
        assertThat(seen.loss()).isCloseTo(-Math.log(1 - p0), within(1e-12));
        for (int d = 0; d < 3; d++) {
            assertThat(state.get("fc.weight").select(0, 0).select(0, d).item_double())
                    .isCloseTo(w[0][d] - 2 * p0 * x[d], within(1e-12));
        }
        assertThat(state.get("fc.bias").select(0, 1).item_double()).isCloseTo(2 * p0, within(1e-12));
    }

    @Test
    void theBestEpochIsTheFirstOfEquals() {
        List<JudgedEpoch> epochs = new ArrayList<>();
        for (double top1 : List.of(50.0, 70.0, 70.0, 60.0)) {
            Accuracy accuracy = new Accuracy(top1, 100, 10);
            epochs.add(new JudgedEpoch(epochs.size(), 1, 0.5, accuracy, accuracy));
        }
        Calibration calibration = new Calibration(1.5, 0.2, 0.1, 10);
        LinearProbeResult result = new LinearProbeResult(LinearProbeOptions.defaults(), epochs, Map.of(), calibration);
        assertThat(result.best().epoch()).isEqualTo(1);
        assertThat(result.last().epoch()).isEqualTo(3);
        assertThat(result.toString()).contains("70.00 %").contains("(epoch 2), last ");
    }

    @Test
    void theClassifierStartsSmall() {
        Tensor weight = LinearClassifier.probe(torch.zeros(1), 512, 100, LinearProbeOptions.defaults())
                .state()
                .get("fc.weight");
        assertThat(weight.std().item_double()).isCloseTo(0.01, within(2e-4));
        assertThat(weight.mean().item_double()).isCloseTo(0, within(2e-4));
        assertThat(StateDict.shape(weight)).isEqualTo("(100, 512)");
    }

    @ParameterizedTest
    // three calls are the validation images, and six each epoch: the ninth ends the first of ten, the last the last
    @CsvSource({"conv.weight, 9", "norm.running_var, 9", "norm.num_batches_tracked, 9", "fc.bias, 9", "conv.weight, 63"
    })
    void aTensorThatMovesIsNoticed(String name, int call) {
        TinyEncoder tampering = new TinyEncoder() {
            private int calls;

            @Override
            public Tensor pooled(Tensor x) {
                calls++;
                if (calls == call) {
                    try (NoGradGuard guard = new NoGradGuard()) {
                        StateDict.of(this).get(name).add_(new Scalar(1));
                    }
                }
                return super.pooled(x);
            }
        };
        assertThatThrownBy(() -> run(tampering, Mode.AUGMENTED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(name)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aChangedSignOfZeroIsNoticedAndANanIsNot() {
        TinyEncoder encoder = new TinyEncoder();
        Tensor bias = StateDict.of(encoder).get("norm.bias");
        Tensor weight = StateDict.of(encoder).get("norm.weight");
        try (NoGradGuard guard = new NoGradGuard()) {
            weight.fill_(new Scalar(Double.NaN));
        }
        Frozen frozen = new Frozen(encoder);
        frozen.check();
        try (NoGradGuard guard = new NoGradGuard()) {
            bias.neg_();
        }
        assertThatThrownBy(frozen::check)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("norm.bias");
    }

    @Test
    void runsOnDataSets() throws IOException {
        Normalization n = Normalization.CIFAR10;
        List<JudgedEpoch> told = new ArrayList<>();
        LinearProbeResult result = LinearProbe.run(
                new TinyEncoder(),
                new DrawnShapes(1, 40, 16),
                Augmentation.linearTrain(16, n),
                new DrawnShapes(2, 20, 16),
                Augmentation.plain(16, n),
                LinearProbeOptions.of(
                        List.of("probe-epochs=2", "probe-lr=1", "probe-schedule=[]", "probe-batch-size=16", "seed=3")),
                told::add);
        assertThat(told).isEqualTo(result.epochs());
        assertThat(result.last().train().count()).isEqualTo(40);
        assertThat(StateDict.shape(result.classifier().get("fc.weight"))).isEqualTo("(10, 6)");
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void anInterruptedThreadEndsInGoodOrder(Mode mode) {
        Normalization n = Normalization.CIFAR10;
        List<JudgedEpoch> told = new ArrayList<>();
        assertThatThrownBy(() -> LinearProbe.run(
                        new TinyEncoder(),
                        new DrawnShapes(1, 40, 16),
                        Augmentation.plain(16, n),
                        new DrawnShapes(2, 20, 16),
                        Augmentation.plain(16, n),
                        options(mode, 5),
                        epoch -> {
                            told.add(epoch);
                            Thread.currentThread().interrupt();
                        }))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(told).hasSize(1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void imagesWithoutClassesAreRefused() {
        Colours images = new Colours(8, 2, 4, 1);
        LinearProbeOptions options = options(Mode.CACHED, 1);
        assertThatThrownBy(() -> LinearProbe.run(
                        new TinyEncoder(),
                        new Relabelled(images, -1, 2),
                        new Relabelled(images, 0, 2),
                        options,
                        e -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run from -1");
        assertThatThrownBy(() -> LinearProbe.run(
                        new TinyEncoder(),
                        new Relabelled(images, 2, 2),
                        new Relabelled(images, 0, 2),
                        options(Mode.AUGMENTED, 1),
                        e -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the training images run from 2 to 2");
        assertThatThrownBy(() -> LinearProbe.run(
                        new TinyEncoder(),
                        new Relabelled(images, -1, 0),
                        new Relabelled(images, -1, 0),
                        options,
                        e -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("with classes");
    }

    /** By hand: the batch's own mean and deviation while learning, the running ones while judging. */
    @Test
    void theBatchNormStandsBeforeTheLayer() {
        LinearProbeOptions options = LinearProbeOptions.of(List.of("probe-bn=true"));
        Tensor features = Tensor.create(new double[] {1, 10, 3, 14, 5, 30, 11, 6}, 4, 2);
        LinearClassifier classifier = LinearClassifier.probe(features, 2, 3, options);
        Map<String, Tensor> state = classifier.state();
        assertThat(state.keySet())
                .containsExactly(
                        "bn.weight",
                        "bn.bias",
                        "bn.running_mean",
                        "bn.running_var",
                        "bn.num_batches_tracked",
                        "fc.weight",
                        "fc.bias");
        Tensor weight = state.get("fc.weight").detach().clone();
        Tensor centred = features.sub(features.mean(0));
        Tensor variance = centred.pow(new Scalar(2)).mean(0);
        Tensor normal = centred.div(variance.add(new Scalar(1e-5)).sqrt());
        assertThat(torch.allclose(classifier.scores(features), normal.matmul(weight.t())))
                .isTrue();
        Tensor before = state.get("bn.weight").detach().clone();
        Tensor labels = Tensor.create(new long[] {0, 1, 2, 1}, 4);
        classifier.learn(features, labels, 1);
        assertThat(torch.equal(state.get("bn.weight"), before)).isFalse();
        Tensor mean = state.get("bn.running_mean").clone();
        assertThat(mean.select(0, 0).item_double()).isCloseTo(5 * (0.1 + 0.09), within(1e-12));
        classifier.judge(new Features(features, labels));
        assertThat(torch.equal(state.get("bn.running_mean"), mean)).isTrue();
    }

    @Test
    void withABatchNormALastBatchOfOneImageIsPassedOver() throws IOException {
        LinearProbeOptions options = LinearProbeOptions.of(
                List.of("probe-bn=true", "probe-epochs=8", "probe-lr=1", "probe-batch-size=16", "seed=3"));
        LinearProbeResult result = LinearProbe.run(
                new TinyEncoder(), new Colours(33, 3, 16, 1), new Colours(60, 3, 25, 50_000), options, e -> {});
        assertThat(result.last().train().count()).isEqualTo(32);
        assertThat(result.last().validation()).isEqualTo(new Accuracy(100, 100, 60));
        assertThat(result).asString().endsWith("; batch norm before the classifier");
        assertThatThrownBy(() -> LinearProbe.run(
                        new TinyEncoder(), new Colours(1, 1, 16, 1), new Colours(6, 1, 6, 2), options, e -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("probe-bn true needs at least 2 images to train on, there is 1: leave it out");
    }

    /** The same images, all of one label. */
    private record Relabelled(Colours images, int label, int classes) implements LabelledImages {
        @Override
        public int size() {
            return images.size();
        }

        @Override
        public void read(int pass, Consumer consumer) throws IOException {
            images.read(pass, (batch, labels) -> {
                Arrays.fill(labels, label);
                consumer.accept(batch, labels);
            });
        }
    }
}
