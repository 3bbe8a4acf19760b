package io.juxta.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.data.DrawnShapes;
import io.juxta.eval.Drawn.Colours;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.eval.probe.LinearProbe;
import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.eval.probe.LinearProbeResult;
import io.juxta.eval.probe.SemiSupervised;
import io.juxta.eval.probe.SemiSupervisedOptions;
import io.juxta.eval.probe.SemiSupervisedResult;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.MixedPrecision;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Judgements of an encoder that computes in bfloat16, beside those of the same one in float32. */
@Tag("slow")
class PrecisionTest {
    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static TinyEncoder encoder(Precision precision) {
        Torch.seed(4);
        TinyEncoder encoder = new TinyEncoder();
        precision.hold(encoder, new Device("cpu"));
        return encoder;
    }

    /** Eight bits of mantissa in three layers: two hundredths of the largest value. */
    @ParameterizedTest
    @EnumSource
    void featuresAreNearAndInFloat32(Layer layer) throws IOException {
        Colours images = new Colours(50, 3, 16, 1);
        FeatureOptions raw = FeatureOptions.of(layer, FeatureOptions.Length.RAW);
        Tensor whole = Features.of(encoder(Precision.FLOAT32), images, raw).values();
        Tensor held = Features.of(encoder(Precision.BFLOAT16), images, raw).values();
        assertThat(held.scalar_type().intern()).isEqualTo(ScalarType.Float);
        double largest = whole.abs().max().item_double();
        assertThat(held.sub(whole).abs().max().item_double()).isBetween(1e-7, 0.02 * largest);
    }

    @ParameterizedTest
    @EnumSource(LinearProbeOptions.Mode.class)
    void theProbeTrainsInFloat32(LinearProbeOptions.Mode mode) throws IOException {
        LinearProbeOptions options = LinearProbeOptions.of(List.of(
                "probe-epochs=4",
                "probe-schedule=[3]",
                "probe-batch-size=16",
                "probe-mode=" + mode.name().toLowerCase(java.util.Locale.ROOT)));
        LinearProbeResult whole = probe(Precision.FLOAT32, options);
        LinearProbeResult held = probe(Precision.BFLOAT16, options);
        assertThat(held.classifier().values())
                .allMatch(tensor -> tensor.scalar_type().intern() == ScalarType.Float);
        assertThat(held.last().validation().top1())
                .isCloseTo(whole.last().validation().top1(), within(2.0));
    }

    private static LinearProbeResult probe(Precision precision, LinearProbeOptions options) throws IOException {
        return LinearProbe.run(
                encoder(precision), new Colours(90, 3, 16, 1), new Colours(60, 3, 25, 50_000), options, epoch -> {});
    }

    /** Weights stay in float32, the loss of every epoch is within a hundredth. */
    @Test
    void fineTuningIsNear() throws IOException {
        SemiSupervisedResult whole = tuned(Precision.FLOAT32);
        SemiSupervisedResult mixed = tuned(Precision.BFLOAT16);
        for (int epoch = 0; epoch < whole.epochs().size(); epoch++) {
            double loss = whole.epochs().get(epoch).loss();
            assertThat(mixed.epochs().get(epoch).loss()).isNotEqualTo(loss).isCloseTo(loss, within(0.01 * loss));
        }
    }

    private static SemiSupervisedResult tuned(Precision precision) throws IOException {
        TinyEncoder encoder = encoder(Precision.FLOAT32);
        SemiSupervisedOptions options = Recipe.parse(
                        "semi-epochs: 3\nsemi-batch-size: 10\nsemi-lr: 0.05\nsemi-head-lr: 0.1\n", "r")
                .bind(SemiSupervisedOptions.class);
        DrawnShapes shapes = new DrawnShapes(1, 40, 16);
        SemiSupervisedResult result = SemiSupervised.run(
                encoder,
                shapes,
                Augmentation.plain(16, Normalization.CIFAR10),
                shapes,
                Augmentation.plain(16, Normalization.CIFAR10),
                options,
                MixedPrecision.of(precision, new Device("cpu")),
                io.juxta.distributed.Communicator.single(),
                epoch -> {});
        assertThat(StateDict.parameters(encoder).values())
                .allMatch(tensor -> tensor.scalar_type().intern() == ScalarType.Float);
        return result;
    }

    @Test
    void whatTheDeviceLacksIsRefused() {
        TinyEncoder encoder = new TinyEncoder();
        Device cpu = new Device("cpu");
        assertThatThrownBy(() -> Precision.TF32.hold(encoder, cpu)).hasMessageStartingWith("precision tf32 is of GPUs");
        assertThatThrownBy(() -> Precision.FLOAT16.hold(encoder, cpu))
                .hasMessageStartingWith("precision float16 needs a GPU");
        assertThat(torch.isfinite(encoder.forward(torch.zeros(1, 3, 8, 8)))
                        .all()
                        .item_bool())
                .isTrue();
        assertThatThrownBy(() -> Precision.of("double"))
                .hasMessage("precision double is unknown: take float32, tf32, bfloat16 or float16");
        assertThat(Precision.of("BFloat16")).isEqualTo(Precision.BFLOAT16);
    }
}
