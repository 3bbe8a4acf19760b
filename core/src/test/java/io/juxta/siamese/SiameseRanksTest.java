package io.juxta.siamese;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GatheredRows;
import io.juxta.distributed.Ranks;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The methods over several processes are what they are in one. */
@Tag("slow")
@Timeout(240)
class SiameseRanksTest {
    private static final int STEPS = 20;

    /** A tensor's rows of this rank, from the golden's. */
    private static Tensor mine(int tag, Communicator communicator, long n, long dim) {
        long part = n / communicator.size();
        return Filler.tensor(tag, ScalarType.Double, n, dim)
                .narrow(0, communicator.rank() * part, part)
                .clone()
                .set_requires_grad(true);
    }

    /** The golden SIM-1 in two processes: each one's loss, and a gradient that has what the other says of its rows. */
    @Test
    void simClrOfTwoRanks() throws Exception {
        Ranks.run(2, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                Tensor z1 = mine(2001, communicator, 6, 5);
                Tensor z2 = mine(2002, communicator, 6, 5);
                Tensor loss = NtXent.loss(z1, z2, 0.5, new GatheredRows(communicator));
                loss.backward();
                double expected = communicator.isFirst() ? 2.272853198 : 2.943238969;
                assertThat(loss.item_double()).isCloseTo(expected, within(3e-6));
                if (communicator.isFirst()) {
                    Goldens.checksum(z1.grad(), -0.78582369, 2.5932105);
                }
                return null;
            }
        });
    }

    /** VICREG-1 likewise. */
    @Test
    void vicRegOfTwoRanks() throws Exception {
        Ranks.run(2, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                Tensor x = mine(2031, communicator, 8, 6);
                Tensor y = mine(2032, communicator, 8, 6);
                Tensor loss = VarianceCovariance.loss(
                        x, y, 8, new VarianceCovariance.Weights(25, 25, 1), new GatheredRows(communicator));
                loss.backward();
                double expected = communicator.isFirst() ? 22.46945773 : 25.06108874;
                assertThat(loss.item_double()).isCloseTo(expected, within(2.5e-5));
                if (communicator.isFirst()) {
                    Goldens.checksum(x.grad(), 4.0380682, 26.340214);
                }
                return null;
            }
        });
    }

    /** BARLOW-1 likewise: the original's gradient is that of its rows, ours twice that, as the mean over two is still to come. */
    @ParameterizedTest
    @CsvSource({"ORIGINAL, 1", "EXACT, 2"})
    void barlowTwinsOfTwoRanks(CrossCorrelation.Gradient gradient, double times) throws Exception {
        Ranks.run(2, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                BatchNorm norm = new BatchNorm(6, 1, BatchNorm.Affine.NONE);
                StateDict.convert(norm, ScalarType.Double);
                norm.synchronize(communicator);
                Tensor z1 = mine(2021, communicator, 8, 6);
                Tensor z2 = mine(2022, communicator, 8, 6);
                Tensor c = CrossCorrelation.of(norm.forward(z1), norm.forward(z2), 8, gradient, communicator);
                Tensor loss = CrossCorrelation.loss(c, 0.0051);
                loss.backward();
                assertThat(loss.item_double()).isCloseTo(9.045949881, within(9e-6));
                if (communicator.isFirst()) {
                    Goldens.checksum(z1.grad(), 3.4985101 * times, 10.464006 * times);
                }
                return null;
            }
        });
    }

    /** MOCO3-1 likewise. */
    @Test
    void mocoV3OfTwoRanks() throws Exception {
        Ranks.run(2, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                Tensor loss = SymmetricContrast.loss(
                        mine(2041, communicator, 6, 5),
                        mine(2042, communicator, 6, 5),
                        mine(2043, communicator, 6, 5),
                        mine(2044, communicator, 6, 5),
                        1,
                        communicator);
                double expected = communicator.isFirst() ? 6.97291444 : 7.779595377;
                assertThat(loss.item_double()).isCloseTo(expected, within(8e-6));
                return null;
            }
        });
    }

    /** Barlow's original gradient in whole steps of two processes (golden STEP). */
    @Test
    void threeStepsOfBarlowTwinsAsTheOriginalsTwoProcesses() throws Exception {
        double[] losses = {6.685533022, 6.907764978, 9.382888955};
        Ranks.run(2, communicator -> {
            try (PointerScope scope = new PointerScope();
                    Siamese siamese = TinySiamese.barlowTwins(
                            ScalarType.Double, CrossCorrelation.Gradient.ORIGINAL, communicator)) {
                for (int s = 0; s < losses.length; s++) {
                    double loss = Objects.requireNonNull(TinySiamese.step(siamese, s, ScalarType.Double, communicator)
                            .get("loss"));
                    assertThat(loss).isCloseTo(losses[s], within(1e-6 * losses[s]));
                }
                return null;
            }
        });
    }

    /** Losses of 20 steps, and sums over the state at the end, with 1, 2 and (in float64) 4 processes. */
    @ParameterizedTest
    @CsvSource({
        "simclr, Float, 1e-5, 2",
        "simclr, Double, 1e-10, 4",
        "barlow-twins, Double, 1e-10, 4",
        "vicreg, Double, 1e-10, 4",
        "simsiam, Double, 1e-10, 2",
        "byol, Double, 1e-10, 2",
        "moco-v3, Double, 1e-10, 4"
    })
    void theNumberOfProcessesChangesNothing(String method, ScalarType type, double tolerance, int most)
            throws Exception {
        Ranks.Difference difference = Ranks.compare(most, STEPS, communicator -> run(method, type, communicator));
        assertThat(difference.losses()).isLessThanOrEqualTo(tolerance);
        assertThat(difference.rest()).isLessThanOrEqualTo(100 * tolerance);
    }

    private static double[] run(String method, ScalarType type, Communicator communicator) {
        try (PointerScope scope = new PointerScope();
                Siamese siamese =
                        switch (method) {
                            case "simclr" -> TinySiamese.simClr(type, 1, communicator);
                            case "barlow-twins" ->
                                TinySiamese.barlowTwins(type, CrossCorrelation.Gradient.EXACT, communicator);
                            case "vicreg" -> TinySiamese.vicReg(type, communicator);
                            case "simsiam" -> TinySiamese.simSiam(type, communicator);
                            case "byol" -> TinySiamese.byol(type, Siamese.Passes.APART, communicator);
                            default -> TinySiamese.mocoV3(type, communicator);
                        }) {
            List<Double> figures = new ArrayList<>();
            for (int s = 0; s < STEPS; s++) {
                figures.add(Objects.requireNonNull(
                        TinySiamese.step(siamese, s, type, 0.002, communicator).get("loss")));
            }
            siamese.state().forEach((name, tensor) -> {
                // a bias in front of a norm has no gradient but rounding; behind a norm without shift, means are 0 but
                // for it
                if (name.equals("predictor.1.running_mean") && !method.equals("byol")) {
                    return;
                }
                if (name.endsWith("weight") && !name.startsWith("optimizer.") || name.contains("running")) {
                    figures.add(tensor.abs().sum().item_double());
                }
            });
            return figures.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }
}
