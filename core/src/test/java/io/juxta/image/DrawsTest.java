package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawsTest {
    @Test
    void theMixerIsSplitmix64() {
        // the filler of the reference numbers: val(1, 0) and val(7, 1)
        assertThat((Draws.mix(1L << 32) >>> 40) * 0x1p-23 - 1).isEqualTo(0.5326035022735596);
        assertThat((Draws.mix((7L << 32) + 1) >>> 40) * 0x1p-23 - 1).isEqualTo(-0.7949626445770264);
    }

    @Test
    void aKeyDecidesEverything() {
        assertThat(Draws.of(1, 2, 3, 4).bits()).isEqualTo(Draws.of(1, 2, 3, 4).bits());
        long[] others = {
            Draws.of(1, 2, 3, 4).bits(),
            Draws.of(2, 2, 3, 4).bits(),
            Draws.of(1, 3, 3, 4).bits(),
            Draws.of(1, 2, 4, 4).bits(),
            Draws.of(1, 2, 3, 5).bits(),
            Draws.of(1, 3, 2, 4).bits()
        };
        assertThat(Arrays.stream(others).distinct().count()).isEqualTo(others.length);
    }

    @Test
    void distributions() {
        Draws draws = Draws.of(5, 0, 0, 0);
        int n = 100_000;
        double sum = 0;
        double squares = 0;
        int hits = 0;
        int[] counts = new int[7];
        for (int i = 0; i < n; i++) {
            double normal = draws.normal();
            sum += normal;
            squares += normal * normal;
            hits += draws.bernoulli(0.2) ? 1 : 0;
            counts[draws.below(7)]++;
            assertThat(draws.uniform(2, 3)).isBetween(2.0, 3.0);
        }
        assertThat(sum / n).isCloseTo(0, within(0.02));
        assertThat(squares / n).isCloseTo(1, within(0.02));
        assertThat(hits / (double) n).isCloseTo(0.2, within(0.01));
        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - n / 7.0) < 0.05 * n / 7);
    }

    @Test
    void aPermutationHoldsEveryNumberOnce() {
        int[] order = Draws.of(9, 1, -1, 0).permutation(1000);
        assertThat(order).isNotEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(Arrays.stream(order).sorted().toArray())
                .containsExactly(IntStream.range(0, 1000).toArray());
    }
}
