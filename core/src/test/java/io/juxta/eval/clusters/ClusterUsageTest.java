package io.juxta.eval.clusters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClusterUsageTest {
    @Test
    void countsAndFindsTheLargest() {
        ClusterUsage usage = ClusterUsage.of(new int[] {3, 1, 3, -1, 1, 0}, 8);
        // sizes 1, 2, 2: -(0.2 ln 0.2 + 2 * 0.4 ln 0.4) of ln 8
        double entropy = -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.4));
        assertThat(usage).isEqualTo(new ClusterUsage(8, 5, 3, usage.evenness(), 1, 2));
        assertThat(usage.evenness()).isCloseTo(entropy / Math.log(8), within(1e-15));
        assertThat(ClusterUsage.sizes(new int[] {3, 1, 3, -1, 1, 0}, 5)).containsExactly(1, 2, 0, 2, 0);
    }

    @Test
    void isEvenOnlyWhereAllAreAlike() {
        assertThat(ClusterUsage.of(new int[] {0, 1, 2, 2, 1, 0}, 3).evenness()).isCloseTo(1, within(1e-15));
        assertThat(ClusterUsage.of(new int[] {2, 2, 2}, 3)).isEqualTo(new ClusterUsage(3, 3, 1, 0, 2, 3));
        assertThat(ClusterUsage.of(new int[] {0, 0}, 1)).isEqualTo(new ClusterUsage(1, 2, 1, 1, 0, 2));
    }

    @Test
    void refusesWhatIsNoCluster() {
        assertThatThrownBy(() -> ClusterUsage.of(new int[] {0, 3}, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cluster 3 is not among the 3, 0 to 2");
        assertThatThrownBy(() -> ClusterUsage.of(new int[] {-1}, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("none of the 1 images has a cluster");
    }
}
