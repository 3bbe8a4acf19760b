package io.juxta.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three whole steps of each loss against numbers of plain PyTorch (make.py), each in both floating-point types. */
class StepGoldenTest {
    /** Of single values, in float32 after three steps. */
    private static final double TOLERANCE = 2e-6;

    /** A step's figures. */
    private record Figures(double loss, double gradNorm, double cosine) {}

    private static Map<String, Double> step(Distillation learner, int s, ScalarType type, Figures expected) {
        double relative = type == ScalarType.Double ? 1e-8 : 1e-6;
        Map<String, Double> metrics = TinyDistillation.step(learner, s, type, Communicator.single());
        close(metrics.get("loss"), expected.loss, relative);
        close(metrics.get("grad_norm"), expected.gradNorm, relative);
        close(metrics.get("target_cosine"), expected.cosine, relative);
        return metrics;
    }

    private static void close(Double value, double expected, double relative) {
        assertThat(Objects.requireNonNull(value))
                .isCloseTo(expected, within(relative * Math.max(1, Math.abs(expected))));
    }

    private static Tensor flat(EncoderNetwork network) {
        TensorVector flat = new TensorVector();
        StateDict.parameters(network)
                .values()
                .forEach(parameter -> flat.push_back(parameter.detach().flatten()));
        return torch.cat(flat, 0);
    }

    private static Tensor buffer(Distillation learner, String name) {
        return Objects.requireNonNull(StateDict.of(learner.encoder()).get(name));
    }

    /** Both networks see the same, whatever the loss: the queue does not depend on it. */
    private static void queue(Distillation learner) {
        Goldens.checksum(
                TOLERANCE,
                learner.queue().orElseThrow().keys(),
                4.791942676,
                38.12848919,
                0.1732184014,
                -0.2328826051,
                0.2591014352);
        assertThat(learner.queue().orElseThrow().pointer()).isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void similaritiesAtThePapersTemperatures(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Distillation learner = TinyDistillation.of(TinyDistillation.seed(0.01), type, Communicator.single())) {
            Map<String, Double> first = step(learner, 0, type, new Figures(1.162307575, 4.910196727, 0.473096146));
            close(first.get("teacher_entropy"), 1.778357344e-11, 1e-8);
            close(first.get("acc1"), 87.5, 1e-9);
            Map<String, Double> second = step(learner, 1, type, new Figures(3.165820095, 6.387399761, 0.435208857));
            close(second.get("teacher_entropy"), 0.133842311, 1e-6);
            close(second.get("acc1"), 0, 1e-9);
            Map<String, Double> third = step(learner, 2, type, new Figures(4.022940024, 6.720760497, 0.3790201034));
            close(third.get("teacher_entropy"), 0.2213591458, 1e-6);
            Goldens.checksum(
                    TOLERANCE,
                    flat(learner.encoder()),
                    7.076790005,
                    26.80753856,
                    -0.3134199788,
                    0.3930661318,
                    -0.1902803111);
            Goldens.checksum(
                    TOLERANCE, buffer(learner, "norm.running_mean"), 0.009516957601, 0.06573760169, 0.03762727964);
            Goldens.checksum(TOLERANCE, buffer(learner, "norm.running_var"), 3.785892334, 3.785892334, 0.767565823);
            queue(learner);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void similaritiesOfAnUndecidedTeacher(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Distillation learner = TinyDistillation.of(TinyDistillation.seed(0.1), type, Communicator.single())) {
            Map<String, Double> first = step(learner, 0, type, new Figures(1.224397436, 4.798359102, 0.473096146));
            close(first.get("teacher_entropy"), 0.2027636868, 1e-6);
            Map<String, Double> second = step(learner, 1, type, new Figures(3.273993773, 6.094512325, 0.4325144518));
            close(second.get("teacher_entropy"), 0.8686013675, 1e-6);
            step(learner, 2, type, new Figures(3.96481817, 6.558619085, 0.373530654));
            Goldens.checksum(
                    TOLERANCE,
                    flat(learner.encoder()),
                    7.15276277,
                    26.73590255,
                    -0.3132838264,
                    0.3931660812,
                    -0.1894508404);
            Goldens.checksum(TOLERANCE, buffer(learner, "norm.running_var"), 3.785856832, 3.785856832, 0.767530357);
            queue(learner);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void regression(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Distillation learner =
                        TinyDistillation.of(TinyDistillation.regression(), type, Communicator.single())) {
            Map<String, Double> first = step(learner, 0, type, new Figures(1.053807708, 3.00695338, 0.473096146));
            assertThat(first).containsOnlyKeys("loss", "target_cosine", "grad_norm");
            step(learner, 1, type, new Figures(1.147674024, 2.647030991, 0.4261629881));
            step(learner, 2, type, new Figures(1.276770066, 2.094130297, 0.3616149671));
            Goldens.checksum(
                    TOLERANCE,
                    flat(learner.encoder()),
                    6.433954072,
                    26.28927218,
                    -0.3120447446,
                    0.3864081658,
                    -0.1902421464);
            Goldens.checksum(
                    TOLERANCE, buffer(learner, "norm.running_mean"), 0.009449308738, 0.06573091739, 0.03759011306);
            Goldens.checksum(TOLERANCE, buffer(learner, "norm.running_var"), 3.785571451, 3.785571451, 0.7674410021);
            assertThat(learner.queue()).isEmpty();
        }
    }
}
