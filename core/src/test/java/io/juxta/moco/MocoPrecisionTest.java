package io.juxta.moco;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import io.juxta.distributed.Communicator;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.FineTuning;
import io.juxta.train.GradScaler;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** MoCo in bfloat16 beside float32, and what a step that is left out leaves alone. */
class MocoPrecisionTest {
    private static final int STEPS = 50;

    private static Moco small(Precision precision) {
        Torch.seed(1);
        MocoOptions options = Recipe.parse(
                        "arch: resnet18\nstem: cifar\nwidth: 8\ndim: 16\nK: 64\nm: 0.99\nbn-groups: 2\nhead: mlp\n",
                        "tiny")
                .bind(MocoOptions.class);
        return Moco.create(
                options,
                new Sgd.Options(0.9, 1e-4),
                FineTuning.NONE,
                new Device("cpu"),
                1,
                precision,
                Communicator.single());
    }

    private static Map<String, Double> step(Moco moco, int s) {
        try (PointerScope scope = new PointerScope()) {
            Tensor x_q = Filler.tensor(10 + s % 4, ScalarType.Float, 16, 3, 16, 16);
            Tensor x_k = Filler.tensor(20 + s % 4, ScalarType.Float, 16, 3, 16, 16);
            return moco.step(List.of(x_q, x_k), new Step(s, STEPS, 0.01));
        }
    }

    /** Every tenth mean of the loss to 1 %; weights, queue and velocities are float32 all the while. */
    @Test
    void bfloat16LearnsAsFloat32() {
        try (Moco exact = small(Precision.FLOAT32);
                Moco mixed = small(Precision.BFLOAT16)) {
            double sum = 0;
            double mixedSum = 0;
            boolean differs = false;
            for (int s = 0; s < STEPS; s++) {
                double loss = step(exact, s).get("loss");
                double mixedLoss = step(mixed, s).get("loss");
                differs |= loss != mixedLoss;
                sum += loss;
                mixedSum += mixedLoss;
                if (s % 10 == 9) {
                    assertThat(mixedSum / sum).as("steps up to " + s).isBetween(0.99, 1.01);
                }
            }
            assertThat(differs).as("computed otherwise").isTrue();
            mixed.state()
                    .forEach((name, tensor) ->
                            assertThat(tensor.scalar_type().intern()).as(name).isNotEqualTo(ScalarType.BFloat16));
        }
    }

    /** As float16 goes on, at float32's digits: the scale and its count are those of a run that was never interrupted. */
    @Test
    void anOverflowLeavesOutOneStepAndAResumedRunGoesOnAlike() {
        try (Scaled whole = new Scaled();
                Scaled resumed = new Scaled()) {
            for (int s = 0; s < 4; s++) {
                whole.step(s);
            }
            try (PointerScope scope = new PointerScope()) {
                Map<String, Tensor> state = whole.moco.state();
                resumed.moco.state().forEach((name, tensor) -> {
                    try (NoGradGuard guard = new NoGradGuard()) {
                        tensor.copy_(state.get(name));
                    }
                });
                resumed.moco.restored(state);
            }
            for (int s = 4; s < 9; s++) {
                assertThat(resumed.step(s)).isEqualTo(whole.step(s));
            }
            assertThat(whole.skipped).containsExactly(5);
            assertThat(whole.scales).containsExactly(64.0, 64.0, 128.0, 128.0, 128.0, 64.0, 64.0, 64.0, 128.0);
            assertThat(whole.moco.end()).containsEntry("skips_in_a_row", 1.0);
        }
    }

    /** Tiny MoCo with a scaler that doubles after three steps; an infinity comes into a gradient at the sixth. */
    private static final class Scaled implements AutoCloseable {
        final Moco moco = TinyMoco.of(
                false,
                1,
                0.9,
                8,
                ScalarType.Float,
                TinyMoco.SHUFFLE,
                Communicator.single(),
                new MixedPrecision(
                        Precision.FLOAT32, new Device("cpu"), Optional.of(new GradScaler(new Device("cpu"), 64, 3))));
        final List<Integer> skipped = new ArrayList<>();
        final List<Double> scales = new ArrayList<>();
        private final TensorTensorHook hook = new TensorTensorHook() {
            @Override
            public TensorBase call(TensorBase gradient) {
                Tensor changed = new Tensor(gradient).clone();
                if (now == 5) {
                    changed.view(-1).select(0, 0).fill_(new Scalar(Double.POSITIVE_INFINITY));
                }
                return changed;
            }
        };
        private int now;

        Scaled() {
            StateDict.parameters(moco.encoder()).values().iterator().next().register_hook(hook);
        }

        Map<String, Double> step(int s) {
            now = s;
            try (PointerScope scope = new PointerScope()) {
                Map<String, Tensor> before = new LinkedHashMap<>();
                moco.state()
                        .forEach((name, tensor) ->
                                before.put(name, tensor.detach().clone()));
                Map<String, Double> metrics = moco.step(
                        List.of(
                                Filler.tensor(100 + s, ScalarType.Float, 4, 6),
                                Filler.tensor(200 + s, ScalarType.Float, 4, 6)),
                        new Step(s, 10, 0.03));
                scales.add(metrics.get("loss_scale"));
                if (metrics.get("skipped") == 1) {
                    skipped.add(s);
                    assertThat(metrics.get("grad_norm")).isZero();
                }
                moco.state().forEach((name, tensor) -> {
                    boolean learned = name.matches("encoder_q\\..*(weight|bias)") || name.startsWith("sgd.");
                    // both encoders begin alike
                    boolean follows = s > 0 && name.matches("encoder_k\\..*weight") || name.equals("queue");
                    if (learned || follows) {
                        assertThat(torch.equal(tensor, before.get(name)))
                                .as(name + " after step " + s)
                                .isEqualTo(learned && s == 5);
                    }
                });
                return metrics;
            }
        }

        @Override
        public void close() {
            moco.close();
        }
    }
}
