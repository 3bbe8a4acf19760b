package io.juxta.report.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Principal components where they are known beforehand. */
class PcaTest {
    private static final int COUNT = 50;
    private static final int DIMENSIONS = 7;

    /** Points that reach far along one direction, less far along another, hardly along the rest; off the origin. */
    private static float[] features() {
        SplittableRandom random = new SplittableRandom(1);
        float[] features = new float[COUNT * DIMENSIONS];
        for (int i = 0; i < COUNT; i++) {
            double far = Math.cos(2 * Math.PI * i / COUNT);
            double near = Math.sin(2 * Math.PI * i / COUNT);
            for (int d = 0; d < DIMENSIONS; d++) {
                features[i * DIMENSIONS + d] = (float) (5 + random.nextDouble(-1e-4, 1e-4));
            }
            // (3, 4, 0, ...) / 5 and (4, -3, 0, ...) / 5 are orthogonal
            features[i * DIMENSIONS] += (float) (10 * far * 0.6 + 2 * near * 0.8);
            features[i * DIMENSIONS + 1] += (float) (10 * far * 0.8 - 2 * near * 0.6);
        }
        return features;
    }

    private static double[] layout(float[] features, Optional<MapLayout> before) {
        try (PointerScope scope = new PointerScope()) {
            return Pca.layout(Tensor.create(features).view(-1, DIMENSIONS), before);
        }
    }

    @Test
    void theTwoWidestDirectionsAreFound() {
        double[] points = layout(features(), Optional.empty());
        for (int i = 0; i < COUNT; i++) {
            assertThat(Math.abs(points[2 * i]))
                    .isCloseTo(Math.abs(10 * Math.cos(2 * Math.PI * i / COUNT)), within(1e-2));
            assertThat(Math.abs(points[2 * i + 1]))
                    .isCloseTo(Math.abs(2 * Math.sin(2 * Math.PI * i / COUNT)), within(1e-2));
        }
    }

    @Test
    void aMapIsNotMirroredFromEpochToEpoch() {
        double[] points = layout(features(), Optional.empty());
        double[] mirrored = points.clone();
        for (int i = 0; i < mirrored.length; i += 2) {
            mirrored[i] = -mirrored[i];
        }
        for (double[] before : new double[][] {points, mirrored}) {
            double[] after = layout(features(), Optional.of(MapLayout.of(before)));
            for (int i = 0; i < after.length; i++) {
                assertThat(after[i]).isCloseTo(before[i], within(1e-6));
            }
        }
    }

    @Test
    void whatDoesNotDifferHasOnePlace() {
        for (int count : new int[] {1, 2, 5}) {
            float[] same = new float[count * DIMENSIONS];
            Arrays.fill(same, 0.25f);
            assertThat(layout(same, Optional.empty())).hasSize(2 * count).containsOnly(0);
        }
        assertThat(MapLayout.of(new double[10]).coordinates()).containsOnly(0);
    }

    @Test
    void aMapIsFilledWithItsProportions() {
        MapLayout layout = MapLayout.of(new double[] {0, 0, 4, 1, 8, 2});
        assertThat(layout.coordinates()).containsExactly(-1000, -250, 0, 0, 1000, 250);
    }
}
