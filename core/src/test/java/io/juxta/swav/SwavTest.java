package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.backbone.MultiCrop;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** SwAV where the original program gives no numbers: by what must hold. */
class SwavTest {
    private static Swav swav(String... lines) {
        Torch.seed(1);
        String recipe = String.join("\n", lines) + """

                arch: resnet18
                stem: cifar
                width: 8
                hidden-mlp: 16
                feat-dim: 8
                crops: [2, 1]
                crop-sizes: [16, 8]
                crop-min-scales: [0.3, 0.1]
                crop-max-scales: [1, 0.3]
                batch-size: 8
                """;
        return Swav.create(SwavRecipe.bind(Recipe.parse(recipe, "tiny")), new Device("cpu"));
    }

    private static List<Tensor> crops(int s) {
        return List.of(
                Filler.tensor(10 + s, ScalarType.Float, 8, 3, 16, 16),
                Filler.tensor(20 + s, ScalarType.Float, 8, 3, 16, 16),
                Filler.tensor(30 + s, ScalarType.Float, 8, 3, 8, 8));
    }

    private static Map<String, Double> step(Swav swav, int epoch, int s) {
        return swav.step(crops(s), new Step(epoch, s, 10, 0.1, List.of()));
    }

    /** Frozen prototypes are normalised, which is all that happens to them. */
    @Test
    void prototypesMoveOnceTheyThaw() {
        try (PointerScope scope = new PointerScope();
                Swav swav = swav("prototypes: [5, 7]", "freeze-prototypes: 2")) {
            Map<String, Tensor> before = new LinkedHashMap<>();
            for (int head = 0; head < 2; head++) {
                before.put(
                        "" + head,
                        torch.normalize(swav.prototypes().weight(head).detach()).clone());
            }
            for (int s = 0; s < 4; s++) {
                step(swav, 0, s);
                for (int head = 0; head < 2; head++) {
                    double moved = swav.prototypes()
                            .weight(head)
                            .detach()
                            .sub(before.get("" + head))
                            .abs()
                            .max()
                            .item_double();
                    if (s < 2) {
                        assertThat(moved).as("step " + s).isLessThan(1e-6);
                    } else {
                        assertThat(moved).as("step " + s).isGreaterThan(1e-6);
                    }
                }
            }
            double velocity = swav.state()
                    .get("larc.prototypes.prototypes1.weight")
                    .abs()
                    .max()
                    .item_double();
            assertThat(velocity).isGreaterThan(0);
        }
    }

    @Test
    void theQueueBeginsAtItsEpoch() {
        try (PointerScope scope = new PointerScope();
                Swav swav = swav("prototypes: [5]", "queue-length: 12", "epoch-queue-starts: 1")) {
            step(swav, 0, 0);
            assertThat(swav.state().get("queue").abs().sum().item_double()).isEqualTo(0);
            step(swav, 1, 1);
            Tensor queue = swav.state().get("queue");
            assertThat(queue.select(0, 1).narrow(0, 0, 8).norm().item_double()).isCloseTo(Math.sqrt(8), within(1e-4));
            assertThat(queue.select(0, 1).narrow(0, 8, 4).norm().item_double()).isEqualTo(0);
            step(swav, 1, 2);
            assertThat(queue.select(0, 0).norm().item_double()).isCloseTo(Math.sqrt(12), within(1e-4));
        }
    }

    /** Several heads of the same prototypes cost what one costs. */
    @Test
    void theLossIsTheMeanOverHeads() {
        try (PointerScope scope = new PointerScope();
                Swav one = swav("prototypes: [5]");
                Swav two = swav("prototypes: [5, 5]")) {
            Map<String, Tensor> from = one.state();
            try (NoGradGuard guard = new NoGradGuard()) {
                StateDict.of(two.encoder()).forEach((name, tensor) -> {
                    String source = name.startsWith("prototypes") ? "prototypes.weight" : name;
                    tensor.copy_(from.get("encoder." + source));
                });
            }
            Map<String, Double> expected = step(one, 0, 0);
            Map<String, Double> actual = step(two, 0, 0);
            assertThat(actual.get("loss")).isCloseTo(expected.get("loss"), within(1e-5));
            assertThat(actual.get("agreement")).isEqualTo(expected.get("agreement"));
        }
    }

    /** Where all prototypes are alike, every prediction is ln K, whatever the assignment. */
    @Test
    void knowingNothingCostsTheLogarithmOfThePrototypes() {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = torch.zeros(12, 7);
            Tensor code = Sinkhorn.assign(Filler.tensor(5, ScalarType.Float, 4, 7), 0.05, 3);
            double loss = SwappedPrediction.loss(scores, Map.of(0, code), 0.1).item_double();
            assertThat(loss).isCloseTo(Math.log(7), within(1e-5));
        }
    }

    /** A crop is predicted from the assignments of all others, never from its own. */
    @Test
    void theLossIsThatOfPlainLoops() {
        try (PointerScope scope = new PointerScope()) {
            int V = 4;
            int N = 3;
            int K = 5;
            Tensor scores = Filler.tensor(6, ScalarType.Double, V * N, K);
            Map<Integer, Tensor> codes = new LinkedHashMap<>();
            codes.put(1, Sinkhorn.assign(scores.narrow(0, N, N), 0.3, 3));
            codes.put(3, Sinkhorn.assign(scores.narrow(0, 3L * N, N), 0.3, 3));
            double[] x = Goldens.values(scores);
            double expected = 0;
            for (int a : codes.keySet()) {
                double[] q = Goldens.values(codes.get(a));
                for (int v = 0; v < V; v++) {
                    for (int n = 0; n < N && v != a; n++) {
                        double sum = 0;
                        for (int k = 0; k < K; k++) {
                            sum += Math.exp(x[(v * N + n) * K + k] / 0.2);
                        }
                        for (int k = 0; k < K; k++) {
                            double log = x[(v * N + n) * K + k] / 0.2 - Math.log(sum);
                            expected -= q[n * K + k] * log / N / (V - 1) / codes.size();
                        }
                    }
                }
            }
            double actual = SwappedPrediction.loss(scores, codes, 0.2).item_double();
            assertThat(actual).isCloseTo(expected, within(1e-12));
        }
    }

    /** Each size of crops by itself through the backbone, all through the head at once. */
    @Test
    void multiCropIsTheBackboneBySizeAndTheHeadAtOnce() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                Swav joined = swav("prototypes: [5]");
                Swav apart = swav("prototypes: [5]")) {
            List<Tensor> crops = crops(0);
            Tensor actual = MultiCrop.forward(joined.encoder(), crops);
            var large = new TensorVector(crops.get(0), crops.get(1));
            Tensor first = apart.encoder().pooled(torch.cat(large, 0));
            Tensor second = apart.encoder().pooled(crops.get(2));
            Tensor expected = apart.encoder().head(torch.cat(new TensorVector(first, second), 0));
            assertThat(StateDict.shape(actual)).isEqualTo("(24, 8)");
            assertThat(actual.equal(expected)).isTrue();
            assertThat(joined.state().get("encoder.bn1.num_batches_tracked").item_long())
                    .isEqualTo(2);
            assertThat(joined.state()
                            .get("encoder.projection_head.1.num_batches_tracked")
                            .item_long())
                    .isEqualTo(1);
        }
    }
}
