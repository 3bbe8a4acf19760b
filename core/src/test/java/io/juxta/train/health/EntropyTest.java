package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EntropyTest {
    @Test
    void isThatOfTheShares() {
        double expected = -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.4));
        assertThat(Entropy.of(new double[] {0, 1, 2, 0, 2})).isCloseTo(expected, within(1e-15));
        assertThat(Entropy.of(new double[] {0, 0.01, 0.02, 0, 0.02})).isCloseTo(expected, within(1e-15));
        assertThat(Entropy.evenness(new double[] {0, 1, 2, 0, 2})).isCloseTo(expected / Math.log(5), within(1e-15));
    }

    @Test
    void endsAreWhereOneHasAllAndWhereAllHaveAsMuch() {
        assertThat(Entropy.of(new double[] {0, 7, 0})).isZero();
        assertThat(Entropy.evenness(new double[] {0, 7, 0})).isZero();
        assertThat(Entropy.of(new double[] {3, 3, 3, 3})).isCloseTo(Math.log(4), within(1e-15));
        for (int K = 1; K < 50; K++) {
            double[] alike = new double[K];
            Arrays.fill(alike, 0.1);
            assertThat(Entropy.evenness(alike)).isLessThanOrEqualTo(1).isCloseTo(1, within(1e-14));
        }
    }
}
