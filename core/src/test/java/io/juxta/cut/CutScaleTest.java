package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.distributed.Communicator;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.train.Adam;
import io.juxta.train.GradScaler;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CUT as float16 goes on, at float32's digits: its two scales, the steps that are left out, and a run that is resumed. */
class CutScaleTest {
    private static final int STEPS = 10;
    private static final double LR = 1e-3;

    /** An infinity in a gradient of D in the sixth step, and of G in the eighth: each leaves out a step of its own network. */
    @Test
    void eachNetworkLeavesOutStepsOfItsOwnAndAResumedRunGoesOnToTheSameBits(@TempDir Path folder) throws IOException {
        try (PointerScope scope = new PointerScope();
                Scaled whole = new Scaled(7, 5);
                Scaled resumed = new Scaled(7, 5)) {
            for (int s = 0; s < 4; s++) {
                whole.step(s);
            }
            Path file = folder.resolve("last.safetensors");
            Safetensors.writeSealed(file, whole.cut.state(), Map.of());
            resumed.restore(Safetensors.readSealed(file).tensors());
            for (int s = 4; s < STEPS; s++) {
                assertThat(resumed.step(s)).as("step " + s).isEqualTo(whole.step(s));
            }
            Map<String, Tensor> expected = whole.cut.state();
            resumed.cut
                    .state()
                    .forEach((name, tensor) -> assertThat(torch.equal(tensor, expected.get(name)))
                            .as(name)
                            .isTrue());
            assertThat(whole.leftOut).containsExactly("D 5", "G 7");
            // G's is doubled after three good steps, D's after four
            assertThat(whole.scales("G")).containsExactly(64, 64, 128, 128, 128, 256, 256, 128, 128, 128);
            assertThat(whole.scales("D")).containsExactly(16, 16, 16, 32, 32, 16, 16, 16, 16, 32);
            assertThat(whole.cut.end()).containsEntry("skips_in_a_row", 1.0);
        }
    }

    /** Adam's first step is lr long for every weight, whichever step of the run it is (Kingma and Ba 2015, section 2.1). */
    @Test
    void adamCountsTheStepsThatItTakes() {
        try (PointerScope scope = new PointerScope();
                Scaled scaled = new Scaled(0, 0)) {
            scaled.step(0);
            Map<String, Tensor> before = scaled.copies();
            scaled.step(1);
            for (String name : List.of("G.", "D.", "F.")) {
                double longest = before.entrySet().stream()
                        .filter(each -> each.getKey().startsWith(name))
                        .mapToDouble(each -> scaled.cut
                                .state()
                                .get(each.getKey())
                                .sub(each.getValue())
                                .abs()
                                .max()
                                .item_double())
                        .max()
                        .orElseThrow();
                assertThat(longest).as(name).isCloseTo(LR, within(1e-3 * LR));
            }
        }
    }

    /** Tiny CUT with a scaler for G and one for D; an infinity comes into a gradient of each at a step. */
    private static final class Scaled implements AutoCloseable {
        final Cut cut;
        final List<String> leftOut = new ArrayList<>();
        private final Map<String, List<Integer>> scales = new LinkedHashMap<>();
        /** Kept, since libtorch does not. */
        private final List<TensorTensorHook> hooks = new ArrayList<>();

        private int now;

        Scaled(int stepOfG, int stepOfD) {
            ScalarType type = ScalarType.Float;
            var G = TinyCut.generator(type);
            var D = TinyCut.discriminator(type);
            cut = new Cut(
                    TinyCut.options(1, true),
                    G,
                    D,
                    TinyCut.sampler(G, type),
                    new ChannelBridge(3, 3),
                    true,
                    new Adam.Options(0.5, 0.999),
                    CutDraws.of(3),
                    Optional.empty(),
                    Communicator.single(),
                    List.of(scaled(64, 3), scaled(16, 4)));
            spoil(G, stepOfG);
            spoil(D, stepOfD);
        }

        private static MixedPrecision scaled(double scale, int interval) {
            Device cpu = new Device("cpu");
            return new MixedPrecision(Precision.FLOAT32, cpu, Optional.of(new GradScaler(cpu, scale, interval)));
        }

        private void spoil(Module network, int step) {
            TensorTensorHook hook = new TensorTensorHook() {
                @Override
                public TensorBase call(TensorBase gradient) {
                    Tensor changed = new Tensor(gradient).clone();
                    if (now == step) {
                        changed.view(-1).select(0, 0).fill_(new Scalar(Double.POSITIVE_INFINITY));
                    }
                    return changed;
                }
            };
            hooks.add(hook);
            StateDict.parameters(network).values().iterator().next().register_hook(hook);
        }

        Map<String, Tensor> copies() {
            Map<String, Tensor> copies = new LinkedHashMap<>();
            cut.state()
                    .forEach((name, tensor) -> copies.put(name, tensor.detach().clone()));
            return copies;
        }

        void restore(Map<String, Tensor> state) {
            Map<String, Tensor> own = cut.state();
            assertThat(state.keySet()).containsExactlyInAnyOrderElementsOf(own.keySet());
            try (NoGradGuard guard = new NoGradGuard()) {
                own.forEach((name, tensor) -> tensor.copy_(state.get(name)));
            }
            cut.restored(state);
        }

        List<Integer> scales(String network) {
            return scales.get(network);
        }

        Map<String, Double> step(int s) {
            now = s;
            Map<String, Tensor> before = copies();
            Map<String, Double> metrics = cut.step(
                    List.of(
                            Filler.tensor(100 + s, ScalarType.Float, 1, 3, 32, 32),
                            Filler.tensor(200 + s, ScalarType.Float, 1, 3, 32, 32)),
                    new Step(s, STEPS, LR));
            Map<String, Tensor> after = cut.state();
            for (String network : List.of("G", "D", "F")) {
                boolean same = before.keySet().stream()
                        .filter(name -> name.startsWith(network + ".") || name.startsWith("adam_" + network + "."))
                        .allMatch(name -> torch.equal(before.get(name), after.get(name)));
                if (same && !network.equals("F")) {
                    leftOut.add(network + " " + s);
                }
                if (network.equals("F")) {
                    assertThat(same).as("F learns where G does, step " + s).isEqualTo(leftOut.contains("G " + s));
                } else {
                    int scale =
                            (int) after.get("grad_scaler." + network + ".scale").item_float();
                    scales.computeIfAbsent(network, any -> new ArrayList<>()).add(scale);
                }
            }
            assertThat(metrics.get("skipped"))
                    .isEqualTo(leftOut.contains("G " + s) || leftOut.contains("D " + s) ? 1 : 0);
            return metrics;
        }

        @Override
        public void close() {
            cut.close();
        }
    }
}
