package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.torch.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Golden AMP-1: eight steps of a linear regression under PyTorch's own GradScaler, two of them with an infinity. */
class GradScalerTest {
    private static final Device CPU = new Device("cpu");
    private static final double[] LOSSES = {
        0.5007732, 0.4127092, 0.3193298, 0.5116293, 0.1781195, 0.5116441, 0.2234743, 0.4778307
    };
    private static final double[] SCALES = {1024, 1024, 512, 512, 512, 1024, 512, 512};
    private static final int[] GOOD_STEPS = {1, 2, 0, 1, 2, 0, 0, 1};

    /** Sum, sum of absolute values and first value of W, and the first of b, after each step. */
    private static final double[][] WEIGHTS = {
        {-0.7254348, 2.180622, -0.4604965, 0.08480945},
        {-0.6826603, 2.071561, -0.429709, 0.09172758},
        {-0.6826603, 2.071561, -0.429709, 0.09172758},
        {-0.6227141, 1.898927, -0.3745987, 0.06242253},
        {-0.5556812, 1.774628, -0.3184272, 0.04094838},
        {-0.5032596, 1.638884, -0.2422168, 0.03546322},
        {-0.5032596, 1.638884, -0.2422168, 0.03546322},
        {-0.3871947, 1.469934, -0.1808963, 0.03391729},
    };

    @Test
    void stepsAreThoseOfTheOriginal() {
        try (PointerScope scope = new PointerScope();
                Regression regression = new Regression()) {
            for (int t = 0; t < LOSSES.length; t++) {
                Map<String, Double> metrics = regression.step(t);
                assertThat(metrics.get("loss")).isCloseTo(LOSSES[t], within(1e-6));
                assertThat(metrics.get("loss_scale")).isEqualTo(SCALES[t]);
                assertThat(metrics.get("skipped")).isEqualTo(t == 2 || t == 6 ? 1 : 0);
                assertThat(regression
                                .precision
                                .state()
                                .get("grad_scaler.good_steps")
                                .item_int())
                        .isEqualTo(GOOD_STEPS[t]);
                Goldens.checksum(regression.W, WEIGHTS[t][0], WEIGHTS[t][1], WEIGHTS[t][2]);
                Goldens.values(regression.b.narrow(0, 0, 1), 2e-6, WEIGHTS[t][3]);
            }
            assertThat(regression.precision.end()).containsEntry("skips_in_a_row", 1.0);
            assertThat(regression.precision.end()).as("of the next epoch").containsEntry("skips_in_a_row", 0.0);
        }
    }

    @Test
    void withoutScalerNothingIsScaledOrTold() {
        MixedPrecision precision = MixedPrecision.none();
        Map<String, Double> metrics = new LinkedHashMap<>();
        precision.tell(true, metrics);
        assertThat(metrics).isEmpty();
        assertThat(precision.state()).isEmpty();
        assertThat(precision.end()).isEmpty();
    }

    private static final class Regression implements AutoCloseable {
        final Tensor W = Filler.tensor(2200, 0.5, ScalarType.Float, 3, 4).set_requires_grad(true);
        final Tensor b = Filler.tensor(2201, 0.1, ScalarType.Float, 3).set_requires_grad(true);
        final GradScaler scaler = new GradScaler(CPU, 1024, 3);
        final MixedPrecision precision = new MixedPrecision(Precision.FLOAT32, CPU, Optional.of(scaler));
        final Sgd sgd = new Sgd(List.of(W, b), new Sgd.Options(0.9, 0));
        final GradientAverage gradients = new GradientAverage(Communicator.single(), List.of(W, b));

        private final TensorTensorHook ofW = infiniteAt(2, 6);
        private final TensorTensorHook ofb = infiniteAt(6, 0);
        private int now;

        Regression() {
            W.register_hook(ofW);
            b.register_hook(ofb);
        }

        /** What puts an infinity into a gradient at a step, at a place. */
        private TensorTensorHook infiniteAt(int step, int place) {
            return new TensorTensorHook() {
                @Override
                public TensorBase call(TensorBase gradient) {
                    Tensor changed = new Tensor(gradient).clone();
                    if (now == step) {
                        double value = step == 2 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
                        changed.view(-1).select(0, place).fill_(new Scalar(value));
                    }
                    return changed;
                }
            };
        }

        Map<String, Double> step(int t) {
            W.mutable_grad().reset();
            b.mutable_grad().reset();
            Tensor x = Filler.tensor(2210 + t, ScalarType.Float, 5, 4);
            Tensor y = Filler.tensor(2220 + t, ScalarType.Float, 5, 3);
            now = t;
            Tensor loss = x.mm(W.t()).add(b).sub(y).square().mean();
            boolean stepped = precision.backward(gradients, loss, List.of(W, b));
            if (stepped) {
                sgd.step(0.1);
            }
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("loss", loss.item_double());
            precision.tell(stepped, metrics);
            return metrics;
        }

        @Override
        public void close() {
            sgd.close();
            gradients.close();
            precision.close();
        }
    }
}
