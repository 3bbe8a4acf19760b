package io.juxta.eval.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class FrechetDistanceTest {
    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** The expected numbers are those of the product's eigenvalues in 60 digits; SciPy's sqrtm is 3e-8 off for the few. */
    @ParameterizedTest
    @EnumSource(
            value = ScalarType.class,
            names = {"Float", "Double"})
    void givesWhatTheFormulaGives(ScalarType type) {
        Tensor a = Filler.tensor(501, type, 40, 6);
        Tensor b = Filler.tensor(502, 0.5, type, 40, 6);
        assertThat(FrechetDistance.of(a, b).value()).isCloseTo(0.58929610469176, within(1e-12));
        Tensor few = Filler.tensor(503, type, 5, 8);
        Tensor others = Filler.tensor(504, type, 7, 8);
        assertThat(FrechetDistance.of(few, others).value()).isCloseTo(2.97784017125042, within(1e-12));
    }

    /** For each dimension one point to either side of the mean: the covariance is diagonal. */
    private static Tensor cross(double[] mean, double[] reach) {
        int D = mean.length;
        double[] values = new double[2 * D * D];
        for (int row = 0; row < 2 * D; row++) {
            for (int i = 0; i < D; i++) {
                values[row * D + i] = mean[i] + (row / 2 == i ? (row % 2 == 0 ? reach[i] : -reach[i]) : 0);
            }
        }
        return Tensor.create(values, 2 * D, D);
    }

    @Test
    void ofDiagonalCovariancesItIsThatOfEachDimension() {
        double[] mean = {1, -2, 0.5};
        double[] reach = {1, 2, 0.25};
        double[] otherMean = {0, -1, 0.5};
        double[] otherReach = {3, 0.5, 0};
        double expected = 0;
        for (int i = 0; i < 3; i++) {
            // of 6 points, two of them off by the reach
            double deviations = (reach[i] - otherReach[i]) * Math.sqrt(2 / 5.0);
            expected += Math.pow(mean[i] - otherMean[i], 2) + deviations * deviations;
        }
        FrechetDistance distance = FrechetDistance.of(cross(mean, reach), cross(otherMean, otherReach));
        assertThat(distance.value()).isCloseTo(expected, within(1e-12));
        assertThat(distance.isSingular()).isFalse();
        assertThat(distance).hasToString("4.5250 (N 6 and 6, D 3)");
    }

    @ParameterizedTest
    @CsvSource({"40, 6", "5, 8", "2, 300", "300, 2", "9, 8", "8, 8"})
    void aSetIsNotFarFromItself(int N, int D) {
        Tensor set = Filler.tensor(511, ScalarType.Float, N, D);
        assertThat(FrechetDistance.of(set, set).value()).isCloseTo(0, within(1e-11));
        Tensor moved = set.add(new Scalar(2));
        assertThat(FrechetDistance.of(set, moved).value()).isCloseTo(4.0 * D, within(1e-5 * D));
    }

    @Test
    void neitherOrderNorSideMatters() {
        Tensor a = Filler.tensor(512, ScalarType.Float, 30, 7);
        Tensor b = Filler.tensor(513, 2, ScalarType.Float, 4, 7);
        double distance = FrechetDistance.of(a, b).value();
        assertThat(FrechetDistance.of(b, a).value()).isCloseTo(distance, within(1e-12));
        assertThat(FrechetDistance.of(a.flip(0), b.flip(0)).value()).isCloseTo(distance, within(1e-12));
    }

    /** Both ways to the root of a covariance are there, one for N at most D and one for more. */
    @Test
    void theRootOfACovarianceSquaresToIt() {
        for (int N : new int[] {2, 6, 7, 40}) {
            Tensor set = Filler.tensor(514, ScalarType.Double, N, 6);
            Tensor root = Gaussian.of(set).root();
            assertThat(torch.allclose(root.t().mm(root), set.t().cov(), 1e-12, 1e-14, false))
                    .isTrue();
            assertThat(root.size(0)).isLessThanOrEqualTo(Math.min(N, 6));
        }
    }

    /** Copies of the same few rows, more than are looked at at once: the covariance is known, and singular. */
    @Test
    void manyFeaturesAreTakenInBlocks() {
        long copies = 10_000;
        Tensor few = Filler.tensor(515, ScalarType.Float, 7, 64);
        Tensor many = few.repeat(copies, 1);
        Gaussian one = Gaussian.of(few);
        Gaussian all = Gaussian.of(many);
        double unbiased = 6.0 / 7 * (7 * copies) / (7 * copies - 1);
        assertThat(all.trace()).isCloseTo(one.trace() * unbiased, within(1e-10));
        assertThat(all.root().size(0)).isEqualTo(6);
        assertThat(torch.allclose(all.mean(), one.mean(), 1e-10, 1e-12, false)).isTrue();
    }

    @Test
    void setsWithoutSpreadHaveTheDistanceOfTheirMeans() {
        Tensor zeros = torch.zeros(9, 3);
        Tensor ones = torch.ones(4, 3);
        assertThat(FrechetDistance.of(zeros, ones).value()).isEqualTo(3);
        assertThat(FrechetDistance.of(zeros, torch.ones(2, 3)))
                .hasToString("3.0000 (N 9 and 2, D 3: N not above D, biased upwards)");
    }

    @Test
    void refusesInOneLine() {
        Tensor set = Filler.tensor(516, ScalarType.Float, 4, 3);
        Tensor broken = set.clone();
        broken.select(0, 1).select(0, 1).fill_(new Scalar(Double.NaN));
        assertThatThrownBy(() -> FrechetDistance.of(set, broken))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("features (4, 3) hold NaN or infinity: leave out the images that they are of, or mend what"
                        + " made them");
        assertThatThrownBy(() -> FrechetDistance.of(set, set.narrow(0, 0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("features (1, 3) have no spread: a distance between sets needs (N, D) with N at least 2");
        assertThatThrownBy(() -> FrechetDistance.of(set, set.narrow(1, 0, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("features of width 3 and 2 cannot be compared: make both in the same way");
    }
}
