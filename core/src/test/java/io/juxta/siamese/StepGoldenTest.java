package io.juxta.siamese;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
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

/** Three whole steps of each method against numbers of the authors' programs, each in both floating-point types. */
class StepGoldenTest {
    /** Of single values, in float32 after three steps. */
    private static final double TOLERANCE = 1e-5;

    private static void steps(Siamese siamese, ScalarType type, double... losses) {
        double relative = type == ScalarType.Double ? 1e-6 : 1e-5;
        for (int s = 0; s < losses.length; s++) {
            double loss = Objects.requireNonNull(
                    TinySiamese.step(siamese, s, type, Communicator.single()).get("loss"));
            // SimSiam's third is near 0: 1 is the size of what is added up
            assertThat(loss).isCloseTo(losses[s], within(relative * Math.max(1, Math.abs(losses[s]))));
        }
    }

    /** All parameters that learn, in order. */
    private static Tensor online(Siamese siamese) {
        Tensor encoder = part(siamese, "encoder.");
        return siamese.state().keySet().stream().noneMatch(name -> name.startsWith("predictor."))
                ? encoder
                : torch.cat(new TensorVector(encoder, part(siamese, "predictor.")), 0);
    }

    private static Tensor part(Siamese siamese, String prefix) {
        TensorVector flat = new TensorVector();
        siamese.state().forEach((name, tensor) -> {
            if (name.startsWith(prefix) && (name.endsWith("weight") || name.endsWith("bias"))) {
                flat.push_back(tensor.detach().flatten());
            }
        });
        return torch.cat(flat, 0);
    }

    private static void statistics(Siamese siamese, String prefix, double mean, double variance, int batches) {
        Map<String, Tensor> state = siamese.state();
        Tensor means = Objects.requireNonNull(state.get(prefix + "norm.running_mean"));
        Tensor variances = Objects.requireNonNull(state.get(prefix + "norm.running_var"));
        assertThat(means.sum().item_double()).isCloseTo(mean, within(TOLERANCE));
        assertThat(variances.sum().item_double()).isCloseTo(variance, within(TOLERANCE));
        assertThat(Objects.requireNonNull(state.get(prefix + "norm.num_batches_tracked"))
                        .item_long())
                .isEqualTo(batches);
    }

    private static Tensor body(Siamese siamese) {
        return Objects.requireNonNull(StateDict.of(siamese.encoder()).get("body.weight"));
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void simClr(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese = TinySiamese.simClr(type, 1, Communicator.single())) {
            steps(siamese, type, 3.582481198, 3.468782868, 3.564029751);
            Goldens.checksum(TOLERANCE, online(siamese), 15.779777, 32.074575, -0.26276727);
            Goldens.checksum(TOLERANCE, body(siamese), 1.9130789, 7.6967386);
            statistics(siamese, "encoder.", 0.025960778, 3.8111589, 3);
        }
    }

    /** The authors' code returns twice the paper's loss. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void simClrAtTheScaleOfItsCode(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese = TinySiamese.simClr(type, 2, Communicator.single())) {
            steps(siamese, type, 7.164962397, 6.761454632, 7.015497867);
            Goldens.checksum(TOLERANCE, online(siamese), 16.501868, 35.136837, -0.43052149);
            Goldens.checksum(TOLERANCE, body(siamese), 2.3121039, 9.4090355);
            statistics(siamese, "encoder.", 0.031097215, 3.8401093, 3);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void byolWithBothViewsInOneBatch(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese = TinySiamese.byol(type, Siamese.Passes.TOGETHER, Communicator.single())) {
            steps(siamese, type, 3.717074023, 1.979969383, 1.26177788);
            Goldens.checksum(TOLERANCE, online(siamese), 15.260362, 61.742185, 0.14785919);
            Goldens.checksum(TOLERANCE, part(siamese, "target."), 13.89774, 31.803317, 0.28000331);
            Goldens.checksum(TOLERANCE, body(siamese), 0.13561947, 7.5356514);
            Goldens.values(
                    Objects.requireNonNull(siamese.state().get("predictor.3.bias"))
                            .narrow(0, 0, 2),
                    TOLERANCE,
                    -0.9186001,
                    0.19095012);
            statistics(siamese, "encoder.", 0.067199909, 3.7954135, 3);
            statistics(siamese, "target.", 0.058358429, 3.7638726, 3);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void byolWithEachViewAlone(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese = TinySiamese.byol(type, Siamese.Passes.APART, Communicator.single())) {
            steps(siamese, type, 3.548351377, 2.148292734, 1.502977523);
            Goldens.checksum(TOLERANCE, online(siamese), 17.407709, 55.198871, 0.31272853);
            Goldens.checksum(TOLERANCE, part(siamese, "target."), 14.135958, 31.38671, 0.30915014);
            Goldens.checksum(TOLERANCE, body(siamese), 0.83354352, 5.9360702);
            statistics(siamese, "encoder.", 0.082693485, 2.8639511, 6);
            statistics(siamese, "target.", 0.094758929, 2.8535652, 6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void simSiam(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese = TinySiamese.simSiam(type, Communicator.single())) {
            steps(siamese, type, -0.2489330029, -0.2157397142, 0.01009641859);
            Goldens.checksum(TOLERANCE, online(siamese), 20.147303, 57.510297, 0.32834485);
            Goldens.checksum(TOLERANCE, body(siamese), -0.38939312, 6.4780193);
            statistics(siamese, "encoder.", 0.00068258637, 2.9254002, 6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void barlowTwins(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese =
                        TinySiamese.barlowTwins(type, CrossCorrelation.Gradient.EXACT, Communicator.single())) {
            steps(siamese, type, 6.685533022, 6.040976726, 3.44906446);
            Goldens.checksum(TOLERANCE, online(siamese), 16.736741, 98.617681, 0.9245277);
            Goldens.checksum(TOLERANCE, body(siamese), -1.1812734, 20.000982);
            statistics(siamese, "encoder.", -0.030139902, 3.7239584, 6);
            Map<String, Tensor> state = siamese.state();
            Goldens.checksum(
                    TOLERANCE, Objects.requireNonNull(state.get("objective.running_mean")), -0.26508079, 1.147541);
            Tensor variance = Objects.requireNonNull(state.get("objective.running_var"));
            assertThat(variance.sum().item_double()).isCloseTo(4.3555438, within(TOLERANCE));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void vicReg(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese = TinySiamese.vicReg(type, Communicator.single())) {
            steps(siamese, type, 21.50778489, 23.56476495, 21.85420093);
            Goldens.checksum(TOLERANCE, online(siamese), 20.031384, 72.661054, -0.5809957);
            Goldens.checksum(TOLERANCE, body(siamese), 7.0514232, 21.495582);
            statistics(siamese, "encoder.", 0.037325173, 3.5967715, 6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void mocoV3(ScalarType type) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese = TinySiamese.mocoV3(type, Communicator.single())) {
            steps(siamese, type, 8.583186663, 8.939864431, 9.988961456);
            Goldens.checksum(TOLERANCE, online(siamese), 27.634555, 53.818839, 0.32845401);
            Goldens.checksum(TOLERANCE, part(siamese, "target."), 16.21427, 30.845257, -0.0040188454);
            Goldens.checksum(TOLERANCE, body(siamese), 3.1765643, 7.8451755);
            statistics(siamese, "encoder.", 0.050043724, 2.9645609, 6);
            statistics(siamese, "target.", 0.027511888, 2.9094324, 6);
        }
    }
}
