package io.juxta.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.juxta.Filler;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.image.Draws;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Position;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.embedding.KeyQueue;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.NormalizeFuncOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MoCo where the original program gives no numbers: by a slow twin, and by what must hold. */
class MocoTest {
    private static final int SEED = 7;

    private static MocoOptions options(String... lines) {
        return Recipe.parse(String.join("\n", lines), "r.yaml").bind(MocoOptions.class);
    }

    /** Two groups, a queue that the keys of one step fill more than once, a momentum that grows. */
    @Test
    void theSymmetricLossAndTheCosineMomentumAreThoseOfTheSlowTwin() {
        MocoOptions options =
                options("K: 12", "m: 0.9", "m-schedule: cosine", "T: 0.2", "loss: symmetric", "bn-groups: 2");
        Moco.KeyShuffle shuffle = (iteration, pass, n) -> order(n, iteration, pass);
        try (PointerScope scope = new PointerScope()) {
            EncoderNetwork f_q = tiny();
            NormalizeFuncOptions columns = new NormalizeFuncOptions();
            columns.dim().put(0L);
            Tensor queue = torch.normalize(Filler.tensor(40, ScalarType.Double, 8, 12), columns);
            SlowMoco slow = new SlowMoco(flat(f_q), Arrays.asList(rows(queue.t())), 2, 0.2);
            try (Moco moco = new Moco(
                    options,
                    f_q,
                    tiny(),
                    new KeyQueue(queue),
                    new Sgd.Options(0.9, 1e-3),
                    FineTuning.NONE,
                    shuffle,
                    Communicator.single(),
                    MixedPrecision.none())) {
                int steps = 4;
                for (int s = 0; s < steps; s++) {
                    Tensor x1 = Filler.tensor(100 + s, ScalarType.Double, 8, 6);
                    Tensor x2 = Filler.tensor(200 + s, ScalarType.Double, 8, 6);
                    double m = 1 - 0.1 * (Math.cos(Math.PI * s / steps) + 1) / 2;
                    int[][] orders = {order(8, s, 0), order(8, s, 1)};
                    double expected = slow.symmetricStep(rows(x1), rows(x2), m, 0.05, 1e-3, orders);

                    double loss =
                            moco.step(List.of(x1, x2), new Step(s, steps, 0.05)).get("loss");

                    assertThat(loss).isCloseTo(expected, within(1e-8));
                    assertThat(flat(moco.encoder())).containsExactly(slow.q, within(1e-7));
                    assertThat(flat(moco.keyEncoder())).containsExactly(slow.k, within(1e-7));
                    assertThat(oldestFirst(moco.queue())).isDeepEqualTo(rounded(slow.queue.toArray(double[][]::new)));
                }
            }
        }
    }

    private static int[] order(int n, long iteration, int pass) {
        int[] order = new int[n];
        for (int j = 0; j < n; j++) {
            order[j] = (int) ((3L * j + iteration + 2L * pass) % n);
        }
        return order;
    }

    private static EncoderNetwork tiny() {
        EncoderNetwork encoder = new TinyEncoder(false, 2);
        StateDict.convert(encoder, ScalarType.Double);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            int p = 0;
            for (Tensor parameter : StateDict.parameters(encoder).values()) {
                long[] shape = parameter.sizes().vec().get();
                parameter.copy_(Filler.tensor(50 + p, 0.5, ScalarType.Double, shape));
                p++;
            }
        }
        return encoder;
    }

    private static double[] flat(EncoderNetwork encoder) {
        List<Double> values = new ArrayList<>();
        for (Tensor parameter : StateDict.parameters(encoder).values()) {
            for (double value : values(parameter)) {
                values.add(value);
            }
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] values(Tensor x) {
        Tensor flat = x.detach().to(ScalarType.Double).contiguous().flatten();
        double[] values = new double[(int) flat.numel()];
        flat.data_ptr_double().get(values);
        return values;
    }

    private static double[][] rows(Tensor x) {
        int columns = (int) x.size(1);
        double[] flat = values(x);
        double[][] rows = new double[flat.length / columns][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
        }
        return rows;
    }

    private static double[][] oldestFirst(KeyQueue queue) {
        double[][] columns = rows(queue.keys().t());
        double[][] ordered = new double[columns.length][];
        for (int i = 0; i < columns.length; i++) {
            ordered[i] = columns[(int) ((queue.pointer() + i) % columns.length)];
        }
        return rounded(ordered);
    }

    /** To six digits behind the point, for comparisons of arrays of arrays. */
    private static double[][] rounded(double[][] rows) {
        return Arrays.stream(rows)
                .map(row -> Arrays.stream(row)
                        .map(value -> Math.round(value * 1e6) / 1e6)
                        .toArray())
                .toArray(double[][]::new);
    }

    /**
     * Both encoders start alike, so that of the same picture they make the same embedding, unless their batch statistics
     * are taken over different groups.
     */
    @Test
    void keysAreNormalisedInOtherGroupsThanQueries() {
        try (PointerScope scope = new PointerScope();
                Moco moco = small(4, 1)) {
            Tensor x = pictures(16, 1);
            int[] order = Draws.of(SEED, 0, 0, -1).permutation(16);
            Tensor unshuffled = embed(moco, x);
            Tensor byHand = embed(moco, x.index_select(0, indices(order)));

            Tensor keys = keysOfAStep(moco, x, 0);

            Tensor moved = keys.sub(unshuffled).abs().amax(new long[] {1}, false);
            assertThat(moved.min().item_double()).isGreaterThan(1e-4);
            assertThat(distance(keys.index_select(0, indices(order)), byHand)).isLessThan(1e-5);
        }
    }

    @Test
    void withOneGroupThereIsNothingToShuffle() {
        try (PointerScope scope = new PointerScope();
                Moco moco = small(1, 1)) {
            Tensor x = pictures(16, 1);
            Tensor q = embed(moco, x);
            assertThat(distance(keysOfAStep(moco, x, 0), q)).isLessThan(1e-5);
        }
    }

    private static Tensor embed(Moco moco, Tensor x) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return torch.normalize(moco.encoder().forward(x));
        }
    }

    private static double distance(Tensor a, Tensor b) {
        return a.sub(b).abs().max().item_double();
    }

    @Test
    void everyStepShufflesAnew() {
        try (PointerScope scope = new PointerScope();
                Moco first = small(4, 1);
                Moco second = small(4, 1);
                Moco third = small(4, 1)) {
            Tensor x = pictures(16, 1);
            Tensor keys = keysOfAStep(first, x, 0);
            assertThat(keysOfAStep(second, x, 0).equal(keys)).isTrue();
            assertThat(keysOfAStep(third, x, 1).equal(keys)).isFalse();
        }
    }

    /** A step that learns nothing; its keys come to lie at the front of the queue. */
    private static Tensor keysOfAStep(Moco moco, Tensor x, long iteration) {
        moco.step(List.of(x, x), new Step(iteration, 10, 0));
        return moco.queue().keys().narrow(1, 0, x.size(0)).t().contiguous();
    }

    @ParameterizedTest
    @ValueSource(strings = {"asymmetric", "symmetric"})
    void goesOnFromACheckpointBitForBit(String loss, @TempDir Path folder) throws IOException {
        String[] lines = {"loss: " + loss, "m-schedule: cosine"};
        try (PointerScope scope = new PointerScope();
                Moco unbroken = small(2, 1, lines);
                Moco resumed = small(2, 99, lines)) {
            for (int s = 0; s < 2; s++) {
                step(unbroken, s);
            }
            RunIdentity run = new RunIdentity("moco", "recipe: 1\n", Set.of(), 8, "names");
            try (RunFolder saved = RunFolder.create(folder.resolve("run"), run)) {
                saved.save(unbroken, Position.afterEpochs(5));
            }
            Map<String, Double> expected = step(unbroken, 2);
            assertThat(resumed.state().get("encoder_q.conv1.weight"))
                    .matches(weight -> !weight.equal(unbroken.state().get("encoder_q.conv1.weight")));

            try (RunFolder again = RunFolder.resume(folder.resolve("run"), run)) {
                assertThat(again.restore(resumed, Optional.empty()).position()).isEqualTo(Position.afterEpochs(5));
            }

            assertThat(step(resumed, 2)).isEqualTo(expected);
            Map<String, Tensor> state = resumed.state();
            assertThat(state.keySet()).isEqualTo(unbroken.state().keySet());
            unbroken.state()
                    .forEach((name, tensor) ->
                            assertThat(state.get(name).equal(tensor)).as(name).isTrue());
            assertThat(resumed.queue().pointer()).isEqualTo(unbroken.queue().pointer());
        }
    }

    @Test
    void theStateNamesAllThatAStepDependsOn() {
        try (PointerScope scope = new PointerScope();
                Moco moco = small(2, 1)) {
            assertThat(moco.state().keySet())
                    .contains(
                            "queue",
                            "queue_ptr",
                            "encoder_q.conv1.weight",
                            "encoder_q.bn1.running_mean",
                            "encoder_q.bn1.num_batches_tracked",
                            "encoder_k.layer4.1.bn2.running_var",
                            "encoder_k.fc.2.bias",
                            "sgd.conv1.weight",
                            "sgd.fc.0.weight")
                    .doesNotContain("sgd.bn1.running_mean");
        }
    }

    @Test
    void aStepSaysWhatItDid() {
        try (PointerScope scope = new PointerScope();
                Moco moco = small(2, 1, "m-schedule: cosine", "T: 0.5")) {
            Tensor queue = moco.queue().keys().clone();
            Tensor weight = StateDict.parameters(moco.encoder()).get("conv1.weight");
            Tensor before = weight.clone();
            Map<String, Double> metrics = moco.step(List.of(pictures(16, 1), pictures(16, 2)), new Step(5, 10, 1));
            assertThat(metrics.keySet())
                    .containsExactly(
                            "loss",
                            "acc1",
                            "acc5",
                            "positive_logit",
                            "negative_logit",
                            "grad_norm",
                            "momentum",
                            "queue_age");
            assertThat(metrics.get("momentum")).isCloseTo(0.95, within(1e-12));
            assertThat(metrics.get("queue_age")).isCloseTo((16 * 1 + 16 * 2 + 8 * 3) / 40.0, within(1e-12));
            // cosines over T: within 1 / 0.5, and of random directions nearly nothing
            assertThat(metrics.get("positive_logit")).isBetween(0.0, 2.0);
            assertThat(metrics.get("negative_logit")).isBetween(-0.6, 0.6);
            Tensor moved = weight.sub(before).add(before.mul(new Scalar(1e-4)));
            assertThat(metrics.get("grad_norm")).isGreaterThan(moved.norm().item_double());
            assertThat(queue.equal(moco.queue().keys())).isFalse();
        }
    }

    /** Gradients of the whole step by hand: what the parameters move by at lr 1 without momentum and decay. */
    @Test
    void theGradientNormIsThatOfAllParameters() {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(3);
            MocoOptions options = options("arch: resnet18", "width: 8", "dim: 8", "K: 40", "bn-groups: 2");
            try (Moco moco = Moco.create(options, new Sgd.Options(0, 0), new Device("cpu"), SEED)) {
                double[] before = flat(moco.encoder());
                double norm = step(moco, 0, 1).get("grad_norm");
                double[] after = flat(moco.encoder());
                double squares = 0;
                for (int i = 0; i < before.length; i++) {
                    squares += (after[i] - before[i]) * (after[i] - before[i]);
                }
                assertThat(norm).isCloseTo(Math.sqrt(squares), withinPercentage(0.01));
            }
        }
    }

    @Test
    void refusesABatchThatDoesNotDivideIntoGroups() {
        try (PointerScope scope = new PointerScope();
                Moco moco = small(4, 1)) {
            assertThatThrownBy(() -> moco.step(List.of(pictures(10, 1), pictures(10, 2)), new Step(0, 1, 0.1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a batch of 10 cannot be cut into 4 batch-norm groups");
        }
    }

    private static Map<String, Double> step(Moco moco, int s) {
        return step(moco, s, 0.05);
    }

    private static Map<String, Double> step(Moco moco, int s, double lr) {
        return moco.step(List.of(pictures(16, 10 + s), pictures(16, 20 + s)), new Step(s, 10, lr));
    }

    private static Moco small(int groups, long weights, String... more) {
        Torch.seed(weights);
        List<String> lines = new ArrayList<>(List.of("arch: resnet18", "width: 8", "dim: 8", "K: 40", "m: 0.9"));
        lines.add("bn-groups: " + groups);
        lines.addAll(List.of(more));
        MocoOptions options = options(lines.toArray(String[]::new));
        return Moco.create(options, new Sgd.Options(0.9, 1e-4), new Device("cpu"), SEED);
    }

    private static Tensor pictures(int n, int tag) {
        return Filler.tensor(tag, ScalarType.Float, n, 3, 32, 32);
    }

    private static Tensor indices(int[] order) {
        return Tensor.create(Arrays.stream(order).asLongStream().toArray());
    }
}
