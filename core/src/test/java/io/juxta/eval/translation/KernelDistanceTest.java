package io.juxta.eval.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.image.Draws;
import io.juxta.train.recipe.Recipe;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelDistanceTest {
    private static final KernelOptions ALL = KernelOptions.defaults();

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

    /** The expected number is NumPy's. */
    @ParameterizedTest
    @EnumSource(
            value = ScalarType.class,
            names = {"Float", "Double"})
    void givesWhatTheFormulaGives(ScalarType type) {
        Tensor a = Filler.tensor(501, type, 40, 6);
        Tensor b = Filler.tensor(502, 0.5, type, 40, 6);
        KernelDistance kid = KernelDistance.of(a, b, ALL);
        assertThat(kid.mean()).isCloseTo(0.04994788483681134, within(1e-14));
        assertThat(kid.deviation()).isZero();
        assertThat(kid).hasToString("0.049948 (40 images of each)");
    }

    private static double[][] rows(Tensor matrix) {
        int N = (int) matrix.size(0);
        int D = (int) matrix.size(1);
        double[] flat = new double[N * D];
        matrix.to(ScalarType.Double).contiguous().data_ptr_double().get(flat);
        return IntStream.range(0, N)
                .mapToObj(n -> Arrays.copyOfRange(flat, n * D, (n + 1) * D))
                .toArray(double[][]::new);
    }

    private static double slowSum(double[][] x, double[][] y, int[] ofX, int[] ofY, boolean withSelf) {
        double sum = 0;
        for (int i : ofX) {
            for (int j : ofY) {
                double product = 0;
                for (int d = 0; d < x[i].length; d++) {
                    product += x[i][d] * y[j][d];
                }
                double base = product / x[i].length + 1;
                sum += withSelf || i != j ? base * base * base : 0;
            }
        }
        return sum;
    }

    private static double slow(double[][] x, double[][] y, int[] ofX, int[] ofY) {
        double m = ofX.length;
        return (slowSum(x, x, ofX, ofX, false) + slowSum(y, y, ofY, ofY, false)) / (m * (m - 1))
                - 2 * slowSum(x, y, ofX, ofY, true) / (m * m);
    }

    /** Of large subsets the kernel is computed once for all, of small ones for each. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 9, 12, 17})
    void subsetsAreThoseOfTheSeed(int m) {
        Tensor a = Filler.tensor(521, ScalarType.Float, 23, 5);
        Tensor b = Filler.tensor(522, 0.8, ScalarType.Float, 17, 5);
        double[] each = new double[6];
        for (int s = 0; s < each.length; s++) {
            int[] ofA = Arrays.copyOf(Draws.of(3, s, 0, 0).permutation(23), m);
            int[] ofB = Arrays.copyOf(Draws.of(3, s, 0, 1).permutation(17), m);
            each[s] = slow(rows(a), rows(b), ofA, ofB);
        }
        double mean = Arrays.stream(each).average().orElseThrow();
        double variance = Arrays.stream(each).map(d -> (d - mean) * (d - mean)).sum() / 6;
        KernelDistance kid = KernelDistance.of(a, b, new KernelOptions(6, m, 3));
        assertThat(kid.mean()).isCloseTo(mean, within(1e-13));
        assertThat(kid.deviation()).isCloseTo(Math.sqrt(variance), within(1e-13));
        assertThat(kid.toString()).matches("-?0\\.\\d{6} \\(deviation 0\\.\\d{6}, 6 subsets of " + m + "\\)");
        assertThat(KernelDistance.of(a, b, new KernelOptions(6, m, 3))).isEqualTo(kid);
        assertThat(KernelDistance.of(a, b, new KernelOptions(6, m, 4)).mean()).isNotEqualTo(kid.mean());
    }

    /** Subsets beyond the first group, the last one smaller. */
    @Test
    void manySubsetsAreTakenInGroups() {
        Tensor a = Filler.tensor(531, ScalarType.Float, 9, 4);
        Tensor b = Filler.tensor(532, ScalarType.Float, 7, 4);
        double sum = 0;
        for (int s = 0; s < 230; s++) {
            int[] ofA = Arrays.copyOf(Draws.of(0, s, 0, 0).permutation(9), 5);
            int[] ofB = Arrays.copyOf(Draws.of(0, s, 0, 1).permutation(7), 5);
            sum += slow(rows(a), rows(b), ofA, ofB);
        }
        KernelDistance kid = KernelDistance.of(a, b, new KernelOptions(230, 5, 0));
        assertThat(kid.mean()).isCloseTo(sum / 230, within(1e-13));
        assertThat(kid.subsets()).isEqualTo(230);
    }

    @Test
    void ofUnequalSetsTheSmallerIsTakenWhole() {
        Tensor a = Filler.tensor(523, ScalarType.Float, 12, 4);
        Tensor b = Filler.tensor(524, ScalarType.Float, 8, 4);
        KernelDistance kid = KernelDistance.of(a, b, new KernelOptions(5, 1000, 0));
        assertThat(kid.subsetSize()).isEqualTo(8);
        assertThat(kid.subsets()).isEqualTo(5);
        assertThat(kid.deviation()).isPositive();
    }

    /** More than one block of the kernel, against the slow loop. */
    @Test
    void largeSubsetsAreTakenInBlocks() {
        Tensor a = Filler.tensor(525, ScalarType.Float, 2500, 3);
        Tensor b = Filler.tensor(526, 0.9, ScalarType.Float, 2500, 3);
        int[] all = IntStream.range(0, 2500).toArray();
        KernelDistance kid = KernelDistance.of(a, b, new KernelOptions(1, 2500, 0));
        assertThat(kid.mean()).isCloseTo(slow(rows(a), rows(b), all, all), within(1e-11));
    }

    @Test
    void neitherOrderNorSideMattersToWholeSets() {
        Tensor a = Filler.tensor(527, ScalarType.Float, 20, 5);
        Tensor b = Filler.tensor(528, 2, ScalarType.Float, 20, 5);
        double kid = KernelDistance.of(a, b, ALL).mean();
        assertThat(KernelDistance.of(b, a, ALL).mean()).isCloseTo(kid, within(1e-12));
        assertThat(KernelDistance.of(a.flip(0), b.flip(0), ALL).mean()).isCloseTo(kid, within(1e-12));
    }

    /** Unbiased: over samples of the same distribution the mean is 0, and some are below. */
    @Test
    void ofTheSameDistributionItIsZeroInTheMean() {
        double sum = 0;
        int negative = 0;
        for (int i = 0; i < 200; i++) {
            Tensor a = Filler.tensor(10_000 + i, ScalarType.Float, 10, 3);
            Tensor b = Filler.tensor(20_000 + i, ScalarType.Float, 10, 3);
            double kid = KernelDistance.of(a, b, ALL).mean();
            sum += kid;
            negative += kid < 0 ? 1 : 0;
        }
        assertThat(sum / 200).isCloseTo(0, within(0.02));
        assertThat(negative).isBetween(50, 150);
        Tensor set = Filler.tensor(529, ScalarType.Float, 10, 3);
        assertThat(KernelDistance.of(set, set, ALL).mean()).isNegative();
    }

    @Test
    void refusesInOneLine() {
        Tensor set = Filler.tensor(530, ScalarType.Float, 4, 3);
        Tensor broken = set.clone();
        broken.select(0, 3).fill_(new Scalar(Double.POSITIVE_INFINITY));
        assertThatThrownBy(() -> KernelDistance.of(broken, set, ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("features (4, 3) hold NaN or infinity: ");
        assertThatThrownBy(() -> KernelDistance.of(set, torch.ones(1, 3), ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("features (1, 3) have no spread: ");
        assertThatThrownBy(() -> KernelDistance.of(set, torch.ones(4, 2), ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("features of width 3 and 2 cannot be compared: make both in the same way");
    }

    @Test
    void optionsComeFromARecipe() {
        assertThat(Recipe.defaults(KernelOptions.class)).isEqualTo(ALL);
        assertThat(Recipe.parse("kid-subsets: 7\nkid-subset-size: 50\nseed: 2", "r")
                        .bind(KernelOptions.class))
                .isEqualTo(new KernelOptions(7, 50, 2));
    }

    @ParameterizedTest
    @CsvSource({"0, 10, kid-subsets 0 must be at least 1", "1, 1, kid-subset-size 1 must be at least 2"})
    void badOptionsAreRefused(int subsets, int size, String message) {
        assertThatThrownBy(() -> new KernelOptions(subsets, size, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
