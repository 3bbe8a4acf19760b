package io.juxta.siamese;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GatheredRows;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses and gradients against numbers of the authors' programs, each in both floating-point types. */
class LossGoldenTest {
    private static final Communicator ALONE = Communicator.single();
    private static final GatheredRows OWN = new GatheredRows(ALONE);

    private static Tensor filled(int tag, ScalarType type, long n, long dim) {
        return Filler.tensor(tag, type, n, dim).set_requires_grad(true);
    }

    private static void is(Tensor loss, double expected, ScalarType type) {
        double relative = type == ScalarType.Double ? 1e-6 : 1e-5;
        assertThat(loss.item_double()).isCloseTo(expected, within(relative * Math.abs(expected)));
    }

    @ParameterizedTest
    @CsvSource({"Float", "Double"})
    void simClr(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor z1 = filled(2001, type, 6, 5);
            Tensor z2 = filled(2002, type, 6, 5);
            Tensor loss = NtXent.loss(z1, z2, 0.5, OWN);
            loss.backward();
            is(loss, 2.608046083, type);
            Goldens.checksum(z1.grad(), -0.30140961, 2.1235022, -0.036552724, 0.096011832);
            Goldens.checksum(z2.grad(), 0.4993418, 2.6223883, -0.069276754);
            z1 = filled(2001, type, 6, 5);
            z2 = filled(2002, type, 6, 5);
            loss = NtXent.loss(z1, z2, 0.1, OWN);
            loss.backward();
            is(loss, 6.120583165, type);
            Goldens.checksum(4e-6, z1.grad(), -3.5478507, 13.003846, -0.18393718, 0.37747856);
            Goldens.checksum(4e-6, z2.grad(), 3.9029471, 14.628852, -0.34545594);
        }
    }

    @ParameterizedTest
    @CsvSource({"Float", "Double"})
    void byolAndSimSiam(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor p1 = filled(2011, type, 6, 5);
            Tensor p2 = filled(2012, type, 6, 5);
            Tensor z1 = filled(2013, type, 6, 5);
            Tensor z2 = filled(2014, type, 6, 5);
            Tensor loss = NegativeCosine.byol(p1, p2, z1, z2);
            loss.backward();
            is(loss, 3.220895193, type);
            Goldens.checksum(p1.grad(), 0.059767244, 3.1404552, 0.21196592, 0.082197404);
            Goldens.checksum(p2.grad(), 1.4283584, 2.986919, 0.15463518);
            assertThat(z1.grad().defined()).isFalse();

            Tensor p = filled(2011, type, 6, 5);
            Tensor simSiam = NegativeCosine.simSiam(p, p2, z1, z2);
            simSiam.backward();
            is(simSiam, -0.1947762019, type);
            Goldens.checksum(p.grad().mul(new Scalar(4)), 0.059767244, 3.1404552, 0.21196592, 0.082197404);
            assertThat(z2.grad().defined()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, Float, 7.376254908, -0.3677983, 2.6675803, -0.069093663",
        "1, Double, 7.376254908, -0.3677983, 2.6675803, -0.069093663",
        "0.2, Float, 2.330679925, -0.2561239, 2.8279514, -0.012942623",
        "0.2, Double, 2.330679925, -0.2561239, 2.8279514, -0.012942623"
    })
    void mocoV3(double T, ScalarType type, double expected, double sum, double abs, double first) {
        try (PointerScope scope = new PointerScope()) {
            Tensor q1 = filled(2041, type, 6, 5);
            Tensor q2 = filled(2042, type, 6, 5);
            Tensor k1 = Filler.tensor(2043, type, 6, 5);
            Tensor k2 = Filler.tensor(2044, type, 6, 5);
            Tensor loss = SymmetricContrast.loss(q1, q2, k1, k2, T, ALONE);
            loss.backward();
            is(loss, expected, type);
            Goldens.checksum(q1.grad(), sum, abs, first);
            if (T == 1) {
                Goldens.checksum(q2.grad(), -0.042098466, 2.1651069, 0.091286635);
            }
        }
    }

    /** {@code BN(z1)' BN(z2) / batch} and its loss. */
    private static Tensor correlation(BatchNorm norm, Tensor z1, Tensor z2, long batch) {
        return CrossCorrelation.of(norm.forward(z1), norm.forward(z2), batch, CrossCorrelation.Gradient.EXACT, ALONE);
    }

    private static BatchNorm norm(ScalarType type) {
        BatchNorm norm = new BatchNorm(6, 1, BatchNorm.Affine.NONE);
        StateDict.convert(norm, type);
        return norm;
    }

    @ParameterizedTest
    @CsvSource({"Float", "Double"})
    void barlowTwins(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor z1 = filled(2021, type, 8, 6);
            Tensor z2 = filled(2022, type, 8, 6);
            BatchNorm norm = norm(type);
            Tensor c = correlation(norm, z1, z2, 8);
            Tensor loss = CrossCorrelation.loss(c, 0.0051);
            loss.backward();
            is(loss, 9.045949881, type);
            is(CrossCorrelation.onDiagonal(c), 9.021176009, type);
            is(CrossCorrelation.offDiagonal(c), 4.857621967, type);
            Goldens.checksum(c, -1.3592327, 12.921176, 0.76555875, -0.012021691);
            assertThat(z1.grad().abs().sum().item_double()).isCloseTo(18.777277, within(1e-5 * 18.8));
            Goldens.values(z1.grad().flatten().narrow(0, 0, 2), 2e-6, -0.051678967, 0.29821711);
            assertThat(z2.grad().abs().sum().item_double()).isCloseTo(19.779922, within(1e-5 * 19.8));
            Goldens.checksum(norm.runningMean(), 0.027756383, 0.21391135);
            Goldens.checksum(norm.runningVar(), 5.1849095, 5.1849095, 0.87239526);

            // a short batch, divided by what it should have had
            Tensor few = correlation(
                    norm(type), z1.detach().narrow(0, 0, 5), z2.detach().narrow(0, 0, 5), 8);
            is(CrossCorrelation.loss(few, 0.0051), 7.209184948, type);
        }
    }

    @ParameterizedTest
    @CsvSource({"Float", "Double"})
    void barlowTwinsThroughALayer(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor W = filled(2023, type, 6, 6);
            Tensor z1 = Filler.tensor(2021, type, 8, 6).mm(W.t());
            Tensor z2 = Filler.tensor(2022, type, 8, 6).mm(W.t());
            Tensor loss = CrossCorrelation.loss(correlation(norm(type), z1, z2, 8), 0.0051);
            loss.backward();
            is(loss, 7.536825069, type);
            Goldens.checksum(4e-6, W.grad(), 3.7677725, 26.66191, -1.5287559);
        }
    }

    private static final VarianceCovariance.Weights WEIGHTS = new VarianceCovariance.Weights(25, 25, 1);

    @ParameterizedTest
    @CsvSource({"Float", "Double"})
    void vicReg(ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = filled(2031, type, 8, 6);
            Tensor y = filled(2032, type, 8, 6);
            VarianceCovariance.Parts parts = VarianceCovariance.parts(x, y, 8, WEIGHTS, OWN);
            is(parts.invariance(), 25 * 0.5338903676, type);
            is(parts.variance(), 25 * 0.4102327454, type);
            is(parts.covariance(), 0.1621954084, type);
            Tensor loss = VarianceCovariance.loss(x, y, 8, WEIGHTS, OWN);
            loss.backward();
            is(loss, 23.76527324, type);
            Goldens.checksum(x.grad(), -1.6444405, 25.710236, -0.05166294, -0.73228082);
            Goldens.checksum(y.grad(), 1.6444405, 25.520869, 0.46321283);

            Tensor x3 = Filler.tensor(2031, 3, type, 8, 6).set_requires_grad(true);
            Tensor wide = VarianceCovariance.loss(x3, Filler.tensor(2032, 3, type, 8, 6), 8, WEIGHTS, OWN);
            wide.backward();
            is(wide, 133.2631608, type);
            assertThat(x3.grad().abs().sum().item_double()).isCloseTo(97.215444, within(1e-5 * 97));

            Tensor few = x.detach().narrow(0, 0, 5);
            Tensor fewer = y.detach().narrow(0, 0, 5);
            is(VarianceCovariance.loss(few, fewer, 8, WEIGHTS, OWN), 23.06456589, type);
            is(VarianceCovariance.loss(few, fewer, 5, WEIGHTS, OWN), 23.21735844, type);
        }
    }

    /** What embeddings cost that are all alike is what a diagnosis takes for the line. */
    @Test
    void collapseCostsWhatTheReferenceMeasured() {
        try (PointerScope scope = new PointerScope()) {
            Tensor alike = torch.ones(new long[] {6, 5}).to(ScalarType.Double);
            is(NtXent.loss(alike, alike, 0.5, OWN), Math.log(11), ScalarType.Double);
            is(SymmetricContrast.loss(alike, alike, alike, alike, 0.2, ALONE), 0.8 * Math.log(6), ScalarType.Double);
            is(NegativeCosine.simSiam(alike, alike, alike, alike), -1, ScalarType.Double);
            assertThat(NegativeCosine.byol(alike, alike, alike, alike).item_double())
                    .isCloseTo(0, within(1e-12));
            is(VarianceCovariance.loss(alike, alike, 6, WEIGHTS, OWN), 24.75, ScalarType.Double);
            is(CrossCorrelation.loss(torch.zeros(5, 5), 0.0051), 5, ScalarType.Double);
        }
    }

    /** BYOL's loss is 4 + 4 SimSiam's; the formulas written out. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void asTheFormulasWrittenOut(int seed) {
        try (PointerScope scope = new PointerScope()) {
            int n = 3 + seed;
            int d = 4;
            Tensor a = Filler.tensor(3000 + 10L * seed, ScalarType.Double, n, d);
            Tensor b = Filler.tensor(3001 + 10L * seed, ScalarType.Double, n, d);
            Tensor k = Filler.tensor(3002 + 10L * seed, ScalarType.Double, n, d);
            Tensor l = Filler.tensor(3003 + 10L * seed, ScalarType.Double, n, d);
            double T = 0.3;
            is(NtXent.loss(a, b, T, OWN), SlowLosses.ntXent(rows(a), rows(b), T), ScalarType.Double);
            is(
                    SymmetricContrast.loss(a, b, k, l, T, ALONE),
                    SlowLosses.symmetricContrast(rows(a), rows(b), rows(k), rows(l), T),
                    ScalarType.Double);
            double simSiam = SlowLosses.simSiam(rows(a), rows(b), rows(k), rows(l));
            is(NegativeCosine.simSiam(a, b, k, l), simSiam, ScalarType.Double);
            is(NegativeCosine.byol(a, b, k, l), 4 + 4 * simSiam, ScalarType.Double);
            BatchNorm norm = new BatchNorm(d, 1, BatchNorm.Affine.NONE);
            StateDict.convert(norm, ScalarType.Double);
            is(
                    CrossCorrelation.loss(correlation(norm, a, b, n), 0.02),
                    SlowLosses.barlowTwins(rows(a), rows(b), 0.02),
                    ScalarType.Double);
            is(
                    VarianceCovariance.loss(a, b, n, new VarianceCovariance.Weights(3, 2, 0.5), OWN),
                    SlowLosses.vicReg(rows(a), rows(b), 3, 2, 0.5),
                    ScalarType.Double);
        }
    }

    private static double[][] rows(Tensor x) {
        double[] values = Goldens.values(x);
        int columns = (int) x.size(1);
        double[][] rows = new double[(int) x.size(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
        return rows;
    }
}
