package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** LARS against numbers of five authors' programs (golden LARS-1), in both floating-point types. */
class LarsTest {
    private static final double[] RATES = {0.5, 0.3, 0.1};

    /** A matrix, two vectors, and a matrix of zeros. */
    private static List<Tensor> parameters(ScalarType type) {
        TensorOptions options = new TensorOptions().dtype(new org.bytedeco.pytorch.ScalarTypeOptional(type));
        return List.of(
                Filler.tensor(14, type, 3, 4).set_requires_grad(true),
                torch.zeros(new long[] {3}, options).set_requires_grad(true),
                torch.ones(new long[] {3}, options).set_requires_grad(true),
                torch.zeros(new long[] {2, 3}, options).set_requires_grad(true));
    }

    private static void step(Lars lars, List<Tensor> parameters, int s, ScalarType type) {
        parameters.get(0).mutable_grad().put(Filler.tensor(15 + s, type, 3, 4));
        parameters.get(1).mutable_grad().put(Filler.tensor(25 + s, type, 3));
        parameters.get(2).mutable_grad().put(Filler.tensor(35 + s, type, 3));
        parameters.get(3).mutable_grad().put(Filler.tensor(45 + s, type, 2, 3));
        lars.step(RATES[s]);
    }

    private static double sum(Tensor x) {
        return x.sum().item_double();
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void threeStepsAreTheOriginals(ScalarType type) {
        double[][] w = {{2.839068, 4.4286883}, {2.838953, 4.4282463}, {2.838708, 4.4282363}};
        double[][] b = {{0.37018788, 0.3139239, 0.082597375}, {0.36752902, 0.6297661}, {0.38614205, 0.77486734}};
        double[][] g = {{0.95760089, 0.84754902, 1.0743088}, {1.0928058}, {1.1246893}};
        double[] z = {0.78524303, 1.2096327, 1.3371964};
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = parameters(type);
            Lars.Options options = new Lars.Options(0.9, 0.01, 0.001, 1, Lars.Rate.AT_THE_STEP);
            try (Lars lars = new Lars(parameters, options)) {
                for (int s = 0; s < 3; s++) {
                    step(lars, parameters, s, type);
                    Goldens.checksum(parameters.get(0), w[s][0], w[s][1]);
                    assertThat(sum(parameters.get(3))).isCloseTo(z[s], within(4e-6));
                    Goldens.values(parameters.get(1).narrow(0, 0, b[s].length), 2e-6, b[s]);
                    Goldens.values(parameters.get(2).narrow(0, 0, g[s].length), 2e-6, g[s]);
                }
            }
        }
    }

    /** SimCLR gathers what the rate has been multiplied into. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void withTheRateInTheVelocity(ScalarType type) {
        double[] w = {2.839068, 2.8389497, 2.8386328};
        double[] z = {0.78524303, 1.4923202, 2.1289937};
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = parameters(type);
            Lars.Options options = new Lars.Options(0.9, 0.01, 0.001, 1, Lars.Rate.IN_THE_VELOCITY);
            try (Lars lars = new Lars(parameters, options)) {
                for (int s = 0; s < 3; s++) {
                    step(lars, parameters, s, type);
                    assertThat(sum(parameters.get(0))).isCloseTo(w[s], within(4e-6));
                    assertThat(sum(parameters.get(3))).isCloseTo(z[s], within(4e-6));
                }
            }
        }
    }

    /** Barlow Twins' two rates, 0.2 and 0.0048 times the schedule. */
    @ParameterizedTest
    @CsvSource({"Float", "Double"})
    void withARateOfItsOwnForVectors(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> parameters = parameters(type);
            Lars.Options options = new Lars.Options(0.9, 0.01, 0.001, 0.0048 / 0.2, Lars.Rate.AT_THE_STEP);
            try (Lars lars = new Lars(parameters, options)) {
                for (int s = 0; s < 3; s++) {
                    parameters.get(0).mutable_grad().put(Filler.tensor(15 + s, type, 3, 4));
                    parameters.get(1).mutable_grad().put(Filler.tensor(25 + s, type, 3));
                    parameters.get(2).mutable_grad().put(Filler.tensor(35 + s, type, 3));
                    parameters.get(3).mutable_grad().put(Filler.tensor(45 + s, type, 2, 3));
                    lars.step(RATES[s] * 0.2);
                }
                Goldens.checksum(parameters.get(0), 2.8390033, 4.4292812);
                assertThat(parameters.get(1).get(0).item_double()).isCloseTo(0.0018534818, within(2e-6));
                assertThat(parameters.get(2).get(0).item_double()).isCloseTo(1.0005985, within(2e-6));
                assertThat(sum(parameters.get(3))).isCloseTo(0.26732538, within(4e-6));
            }
        }
    }
}
