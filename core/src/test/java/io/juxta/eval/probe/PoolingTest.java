package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.ResNet;
import io.juxta.eval.Labels;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** The classifier of eval_linear.py without global pooling. */
class PoolingTest {
    /** Whose map of features is its input. */
    private static final class Identity extends EncoderNetwork {
        private final int channels;

        Identity(int channels) {
            super("identity");
            this.channels = channels;
        }

        @Override
        public Tensor map(Tensor x) {
            return x;
        }

        @Override
        public Tensor pooled(Tensor x) {
            return x.mean(2, 3);
        }

        @Override
        public int features() {
            return channels;
        }
    }

    /**
     * Plain PyTorch in float64: AvgPool2d(4, stride=1) of maps of 3 x 5 x 5, BatchNorm2d(3), Linear(12, 5); three steps of SGD
     * with momentum 0.9 and weight decay 1e-6 at a rate of 0.5, in batches of 4.
     */
    @Test
    void learnsAsPyTorchDoes() {
        double[] losses = {1.6116322921455146, 2.00971937698622, 1.661841300748112};
        double[] scores = {
            -0.4974827399999673, -0.8784859927916223, 0.4322457691026138, 0.42775377388740526, 0.40685981396947213,
            -0.6670101232723535, -0.5710451768700979, 0.07284162537539575, 1.0348991960940537, 0.07262843791600923
        };
        LinearProbeOptions options =
                LinearProbeOptions.of(List.of("probe-protocol=swav", "probe-bn=true", "probe-global-pooling=false"));
        ScalarType type = ScalarType.Double;
        try (PointerScope scope = new PointerScope();
                Identity encoder = new Identity(3)) {
            Pooling pooling = options.pooling();
            Tensor like = torch.zeros(1).to(type);
            LinearClassifier classifier = LinearClassifier.probe(like, pooling.width(encoder), 5, options);
            try (NoGradGuard guard = new NoGradGuard()) {
                classifier.state().get("fc.weight").copy_(Filler.tensor(310, 0.1, type, 5, 12));
            }
            for (int s = 0; s < losses.length; s++) {
                Tensor features = pooling.of(encoder, Filler.tensor(300 + s, type, 4, 3, 5, 5));
                Tensor labels = Labels.of(new int[] {s % 5, (s + 1) % 5, (s + 2) % 5, (s + 3) % 5}, like);
                assertThat(classifier.learn(features, labels, 0.5).loss())
                        .as("step " + s)
                        .isCloseTo(losses[s], within(1e-13 * losses[s]));
            }
            assertThat(Goldens.values(classifier.state().get("bn.running_mean")))
                    .containsExactly(
                            new double[] {0.010025090266019106, -0.00682293571298942, 0.012216131617780776},
                            within(1e-15));
            // and one that is given is what was trained, batch norm over the channels included
            Tensor held = pooling.of(encoder, Filler.tensor(305, type, 2, 3, 5, 5));
            LinearClassifier given = LinearClassifier.given(like, classifier.state());
            given.eval();
            assertThat(Goldens.values(given.scores(held).flatten())).containsExactly(scores, within(1e-13));
        }
    }

    /** The mean of the map is the pooled feature; images whose map is one place have no windows. */
    @Test
    void aResNetsMapIsWhatIsPooled() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                ResNet encoder = new ResNet(
                        new ResNet.Options(Architecture.named("resnet18"), Architecture.Stem.IMAGENET, 8, 1))) {
            encoder.eval();
            Tensor images = Filler.tensor(1, ScalarType.Float, 2, 3, 64, 64);
            Tensor map = encoder.map(images);
            assertThat(map.sizes().vec().get()).containsExactly(2, 64, 2, 2);
            assertThat(Goldens.values(map.mean(2, 3)))
                    .containsExactly(Goldens.values(encoder.pooled(images)), within(1e-6));
            assertThat(Goldens.values(Pooling.FOUR_WINDOWS.of(encoder, images)))
                    .containsExactly(Goldens.values(map.flatten(1, -1)), within(0.0));
            Tensor small = Filler.tensor(1, ScalarType.Float, 1, 3, 32, 32);
            assertThatThrownBy(() -> Pooling.FOUR_WINDOWS.of(encoder, small))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "probe-global-pooling false needs maps of features of at least 2 x 2, images of 32 px give"
                                    + " 1 x 1: leave it out");
        }
    }
}
