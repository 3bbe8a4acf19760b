package io.juxta.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
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

    private static double[] layout(float[] features, double[] before) {
        try (PointerScope scope = new PointerScope()) {
            return Pca.layout(Tensor.create(features).view(-1, DIMENSIONS), before);
        }
    }

    @Test
    void theTwoWidestDirectionsAreFound() {
        double[] points = layout(features(), new double[0]);
        for (int i = 0; i < COUNT; i++) {
            assertThat(Math.abs(points[2 * i]))
                    .isCloseTo(Math.abs(10 * Math.cos(2 * Math.PI * i / COUNT)), within(1e-2));
            assertThat(Math.abs(points[2 * i + 1]))
                    .isCloseTo(Math.abs(2 * Math.sin(2 * Math.PI * i / COUNT)), within(1e-2));
        }
    }

    @Test
    void aMapIsNotMirroredFromEpochToEpoch() {
        double[] points = layout(features(), new double[0]);
        double[] mirrored = points.clone();
        for (int i = 0; i < mirrored.length; i += 2) {
            mirrored[i] = -mirrored[i];
        }
        for (double[] before : new double[][] {points, mirrored}) {
            double[] after = layout(features(), before);
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
            assertThat(layout(same, new double[0])).hasSize(2 * count).containsOnly(0);
        }
    }

    /** Many features are projected by their covariance, few by their products: the same map. */
    @Test
    void manyAndFewFeaturesHaveTheSameMap() {
        float[] features = features();
        int few = 2 * DIMENSIONS;
        float[] narrow = Arrays.copyOf(features, (few + 1) * DIMENSIONS);
        float[] padded = new float[(few + 1) * 2 * DIMENSIONS];
        for (int i = 0; i <= few; i++) {
            System.arraycopy(narrow, i * DIMENSIONS, padded, i * 2 * DIMENSIONS, DIMENSIONS);
        }
        try (PointerScope scope = new PointerScope()) {
            double[] byCovariance = Pca.layout(Tensor.create(narrow).view(-1, DIMENSIONS), new double[0]);
            double[] byProducts = Pca.layout(Tensor.create(padded).view(-1, 2 * DIMENSIONS), new double[0]);
            for (int i = 0; i < byProducts.length; i++) {
                assertThat(byCovariance[i]).isCloseTo(byProducts[i], within(1e-6));
            }
        }
    }

    @Test
    void oneValueEachIsALine() {
        try (PointerScope scope = new PointerScope()) {
            double[] line = Pca.layout(Tensor.create(new float[] {1, 2, 6}).view(-1, 1), new double[0]);
            double[] expected = {-2, 0, -1, 0, 3, 0};
            for (int i = 0; i < expected.length; i++) {
                assertThat(line[i]).isCloseTo(expected[i], within(1e-6));
            }
        }
    }
}
