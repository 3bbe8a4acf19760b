package io.juxta.report.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MapLayoutTest {
    @Test
    void aMapIsFilledWithItsProportions() {
        MapLayout layout = MapLayout.of(new double[] {0, 0, 4, 1, 8, 2});
        assertThat(layout.coordinates()).containsExactly(-1000, -250, 0, 0, 1000, 250);
    }

    @Test
    void whatDoesNotDifferHasOnePlace() {
        assertThat(MapLayout.of(new double[10]).coordinates()).containsOnly(0);
    }
}
