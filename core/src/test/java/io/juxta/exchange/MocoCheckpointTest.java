package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.distributed.Communicator;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoOptions;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.FineTuning;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.MocoKeys;
import io.juxta.weights.PyTorchWriter;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a whole checkpoint, laid out as main_moco.py saves it, the next three steps are those of MoCo v2 written plainly in PyTorch
 * for this comparison: moco-checkpoint/make.py.
 */
class MocoCheckpointTest {
    private static final String RECIPE =
            "arch: resnet18\nstem: cifar\nwidth: 8\nhead: mlp\ndim: 16\nK: 32\nm: 0.9\nT: 0.2\nbn-groups: 1\n";

    @TempDir
    Path folder;

    private static Moco moco(String more) {
        Torch.seed(1);
        MocoOptions options = Recipe.parse(RECIPE, "tiny")
                .with(more.isEmpty() ? List.of() : List.of(more))
                .bind(MocoOptions.class);
        return Moco.create(
                options,
                new Sgd.Options(0.9, 1e-4),
                FineTuning.NONE,
                new Device("cpu"),
                1,
                Precision.FLOAT32,
                Communicator.single());
    }

    /** As make.py fills an encoder. */
    private static Map<String, Tensor> filled(Module encoder, int tag) {
        Map<String, Tensor> filled = new LinkedHashMap<>();
        int place = 0;
        for (Map.Entry<String, Tensor> named : StateDict.of(encoder).entrySet()) {
            String name = named.getKey();
            Tensor tensor = named.getValue();
            long[] shape = shape(tensor);
            int own = tag + place++;
            if (name.endsWith("num_batches_tracked")) {
                filled.put(name, torch.full(shape, new Scalar(7L)).to(ScalarType.Long));
                continue;
            }
            Tensor v = Filler.tensor(own, ScalarType.Double, shape.length == 0 ? new long[] {1} : shape);
            double scale = shape.length > 1
                    ? Math.sqrt(3 * (double) shape[0] / tensor.numel())
                    : name.endsWith("running_var") ? 0.5 : 0.1;
            v = v.mul(new Scalar(scale));
            boolean one = shape.length == 1 && (name.endsWith("running_var") || name.endsWith("weight"));
            filled.put(name, (one ? v.add(new Scalar(1.0)) : v).to(ScalarType.Float));
        }
        return filled;
    }

    private static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }

    /** Laid out as main_moco.py's save_checkpoint does. */
    private Path written(Moco moco) throws IOException {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor queue = torch.normalize(
                            Filler.tensor(7000, ScalarType.Double, 16, 32).t())
                    .t()
                    .contiguous()
                    .to(ScalarType.Float);
            List<Tensor> momentum = new ArrayList<>();
            int place = 0;
            for (Tensor parameter : StateDict.parameters(moco.encoder()).values()) {
                momentum.add(Filler.tensor(6000 + place++, ScalarType.Double, shape(parameter))
                        .mul(new Scalar(0.01))
                        .to(ScalarType.Float));
            }
            Map<String, Object> root = new LinkedHashMap<>();
            root.put("epoch", 5L);
            root.put("arch", "resnet18");
            root.put(
                    "state_dict",
                    MocoKeys.join(
                            filled(moco.encoder(), 4000),
                            filled(moco.keyEncoder(), 5000),
                            queue,
                            Tensor.create(new long[] {8})));
            root.put("optimizer", MocoKeys.optimizer(momentum, 0.01, 0.9, 1e-4));
            Path file = folder.resolve("checkpoint_0004.pth.tar");
            PyTorchWriter.write(file, root);
            return file;
        }
    }

    @Test
    void theNextThreeStepsAreThePythonPrograms() throws IOException {
        try (PointerScope scope = new PointerScope();
                Moco moco = moco("")) {
            MocoCheckpoint whole =
                    MocoCheckpoint.read(written(moco), moco.encoder()).orElseThrow();
            assertThat(whole.epochs()).isEqualTo(5);
            Map<String, Tensor> state = moco.state();
            StartingWeights all = whole.fit(state);
            assertThat(all.told()).endsWith("fresh: nothing; left over: nothing");
            all.into(state);
            moco.restored(state);
            // make.py's in double
            double[] losses = {4.117045326, 2.874584893, 2.903966165};
            for (int t = 0; t < 3; t++) {
                try (PointerScope step = new PointerScope()) {
                    List<Tensor> views = List.of(
                            Filler.tensor(7100 + t, ScalarType.Float, 8, 3, 16, 16),
                            Filler.tensor(7200 + t, ScalarType.Float, 8, 3, 16, 16));
                    Map<String, Double> figures = moco.step(views, new Step(5, t, 100, 0.01, List.of()));
                    assertThat(figures.get("loss")).isCloseTo(losses[t], within(2e-6 * losses[t]));
                }
            }
            Map<String, Tensor> after = moco.state();
            checksum(after, "encoder_q.conv1.weight", 4.35927765, 38.004956, -0.0858538489);
            checksum(after, "encoder_q.layer4.1.conv2.weight", 11.024043, 1338.87691, -0.0586624467);
            checksum(after, "encoder_q.fc.2.bias", -0.166483611, 0.837207901, -0.0816785809);
            checksum(after, "encoder_q.bn1.running_var", 5.88690266, 5.88690266, 0.728178408);
            checksum(after, "encoder_k.layer2.0.downsample.0.weight", 2.60686823, 28.5619989, -0.143106463);
            checksum(after, "encoder_k.bn1.running_mean", 0.092970667, 0.397626666, 0.05683226);
            checksum(after, "queue", -9.93887727, 108.603485, 0.162009296);
            checksum(after, "sgd.conv1.weight", -8.88094434, 100.827052, 0.185926823);
            checksum(after, "sgd.fc.0.weight", -46.0303416, 485.070674, -0.00357119001);
            assertThat(Objects.requireNonNull(after.get("queue_ptr")).item_long())
                    .isZero();
        }
    }

    /** Of single precision: relative to the sum of absolute values, and of first values to the largest. */
    private static void checksum(Map<String, Tensor> state, String name, double sum, double abs, double first) {
        Tensor tensor = Objects.requireNonNull(state.get(name), name).detach().to(ScalarType.Double);
        assertThat(tensor.sum().item_double()).as(name).isCloseTo(sum, within(1e-5 * abs));
        assertThat(tensor.abs().sum().item_double()).as(name).isCloseTo(abs, within(1e-5 * abs));
        double largest = tensor.abs().max().item_double();
        assertThat(tensor.contiguous().view(-1).select(0, 0).item_double())
                .as(name)
                .isCloseTo(first, within(2e-5 * largest));
    }

    @Test
    void whatIsNotWholeOrDoesNotFitIsSaid() throws IOException {
        try (PointerScope scope = new PointerScope();
                Moco moco = moco("");
                Moco longer = moco("K=64")) {
            Path file = written(moco);
            MocoCheckpoint whole = MocoCheckpoint.read(file, moco.encoder()).orElseThrow();
            assertThatThrownBy(() -> whole.fit(longer.state()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("queue is (16, 32), not (16, 64); set K=32 and dim=16");
            whole.requireLeft(6);
            assertThatThrownBy(() -> whole.requireLeft(5))
                    .hasMessageContaining(
                            "has 5 epochs of main_moco.py behind it, and epochs is 5: set epochs above 5");
            Path plain = folder.resolve("plain.pth");
            Map<String, Object> root = new LinkedHashMap<>();
            root.put("epoch", 5L);
            root.put("state_dict", new LinkedHashMap<>(filled(moco.encoder(), 4000)));
            PyTorchWriter.write(plain, root);
            assertThat(MocoCheckpoint.read(plain, moco.encoder())).isEqualTo(Optional.empty());
            assertThat(WeightsFile.read(file).metadata()).containsEntry("epoch", "5");
        }
    }
}
