package io.juxta.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** MoCo against numbers of the original program (commit 7397dfe), each in both floating-point types. */
class MocoGoldenTest {
    @ParameterizedTest
    @CsvSource({
        "0.07, Float, 7.2815647, 0.52484252, 25.502081, -0.6133518",
        "0.07, Double, 7.2815647, 0.52484252, 25.502081, -0.6133518",
        "0.2, Float, 3.2239769, 0.29055515, 7.7569161, -0.2756426",
        "0.2, Double, 3.2239769, 0.29055515, 7.7569161, -0.2756426",
    })
    void lossAndQueryGradient(double T, ScalarType type, double loss, double sum, double abs, double first) {
        Tensor raw = Filler.tensor(1, type, 4, 8).set_requires_grad(true);
        Tensor q = torch.normalize(raw);
        Tensor k = torch.normalize(Filler.tensor(2, type, 4, 8));
        Tensor logits = InfoNce.logits(q, k, TinyMoco.columns(Filler.tensor(3, type, 8, 16)), T);
        double[] positives = {0.1643837, 0.3995328, 0.2620264, -0.1196651};
        for (int n = 0; n < 4; n++) {
            assertThat(logits.get(n).get(0).item_double() * T).isCloseTo(positives[n], within(2e-7));
        }

        Tensor value = InfoNce.loss(logits);
        value.backward();

        assertThat(value.item_double()).isCloseTo(loss, within(loss * (type == ScalarType.Double ? 1e-6 : 1e-5)));
        checksum(raw.grad(), sum, abs, first);
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void fiveStepsOfVersion1(ScalarType type) {
        try (Moco moco = tiny(false, 1, 0.999, 8, type, null)) {
            double[] losses = {5.128189, 6.313061, 1.564355, 4.317687, 2.78593};
            steps(moco, type, losses);

            parameters(moco.encoder(), 8.8816972, 31.75025, -0.3484734, 0.5942348);
            parameters(moco.keyEncoder(), 6.5188842, 20.448477, -0.3131517, 0.3857325);
            checksum(moco.queue().keys(), 5.2627278, 18.754847);
            assertThat(moco.queue().pointer()).isEqualTo(4);
            Map<String, Tensor> q = StateDict.of(moco.encoder());
            Map<String, Tensor> k = StateDict.of(moco.keyEncoder());
            checksum(q.get("norm.running_mean"), 0.13349167, 0.1841345);
            checksum(k.get("norm.running_mean"), 0.017242132, 0.16635446);
            checksum(q.get("norm.running_var"), 3.3437979, 3.3437979);
            checksum(k.get("norm.running_var"), 3.1652642, 3.1652642);
            assertThat(moco.state().keySet().stream().filter(name -> name.startsWith("sgd.")))
                    .hasSize(6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void fiveStepsWithTheMlpHead(ScalarType type) {
        try (Moco moco = tiny(true, 1, 0.999, 8, type, null)) {
            steps(moco, type, 0.7892529, 3.470381, 3.069743, 3.389504, 2.252425);

            parameters(moco.encoder(), 3.3857939, 31.261128);
            parameters(moco.keyEncoder(), 6.112933, 25.545121);
            checksum(moco.queue().keys(), -4.0575968, 20.286338);
            assertThat(moco.state().keySet().stream().filter(name -> name.startsWith("sgd.")))
                    .hasSize(8);
        }
    }

    /** Two ranks of the original, here two batch-norm groups of one process. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void oneProcessWithTwoGroupsIsTwoRanks(ScalarType type) {
        try (Moco moco = tiny(false, 2, 0.9, 16, type, TinyMoco.SHUFFLE)) {
            double[] rank0 = {5.317412, 4.185583, 2.381755};
            double[] rank1 = {3.503788, 4.759808, 6.727144};
            for (int s = 0; s < 3; s++) {
                double expected = (rank0[s] + rank1[s]) / 2;
                assertThat(step(moco, s, 8, type)).isCloseTo(expected, within(1e-6 * expected));
            }
            parameters(moco.encoder(), 8.3847904, 24.994289, -0.2464612, 0.4959597);
            parameters(moco.keyEncoder(), 6.6888838, 20.545982);
            checksum(moco.queue().keys(), 8.3724752, 37.182664);
            assertThat(moco.queue().pointer()).isEqualTo(8);
        }
    }

    private static void steps(Moco moco, ScalarType type, double... losses) {
        for (int s = 0; s < losses.length; s++) {
            double tolerance = type == ScalarType.Double ? 1e-6 : 1e-5;
            assertThat(step(moco, s, 4, type)).isCloseTo(losses[s], within(tolerance * losses[s]));
        }
    }

    private static double step(Moco moco, int s, int batch, ScalarType type) {
        return Objects.requireNonNull(
                TinyMoco.step(moco, s, batch, type, Communicator.single()).get("loss"));
    }

    private static Moco tiny(boolean mlp, int groups, double m, int K, ScalarType type, Moco.KeyShuffle shuffle) {
        return TinyMoco.of(mlp, groups, m, K, type, shuffle, Communicator.single());
    }

    private static void parameters(Module module, double sum, double abs, double... first) {
        TensorVector flat = new TensorVector();
        StateDict.parameters(module)
                .values()
                .forEach(parameter -> flat.push_back(parameter.detach().flatten()));
        checksum(torch.cat(flat, 0), sum, abs, first);
    }

    private static void checksum(Tensor x, double sum, double abs, double... first) {
        Tensor values = x.detach().to(ScalarType.Double).flatten();
        assertThat(values.sum().item_double()).isCloseTo(sum, within(2e-3));
        assertThat(values.sum().item_double()).isCloseTo(sum, within(1e-4 * abs));
        assertThat(values.abs().sum().item_double()).isCloseTo(abs, within(1e-5 * abs));
        for (int i = 0; i < first.length; i++) {
            assertThat(values.get(i).item_double()).isCloseTo(first[i], within(2e-6));
        }
    }
}
