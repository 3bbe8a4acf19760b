package io.juxta.eval.clusters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ClusterAgreementTest {
    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    /** The examples of scikit-learn's documentation, and what it gives where a partition says nothing. */
    @ParameterizedTest
    @CsvSource({
        "0 0 1 1, 0 0 1 1, 1, 1",
        "0 0 1 1, 1 1 0 0, 1, 1",
        "0 0 1 2, 0 0 1 1, 0.8, 0.5714285714285714",
        "0 0 1 1, 0 0 1 2, 0.8, 0.5714285714285714",
        "0 0 0 0, 0 1 2 3, 0, 0",
        "0 1 2 3, 0 0 0 0, 0, 0",
        "0 0 1 1, 0 1 0 1, 0, -0.5",
        "0 0 1 1 2 2, 0 0 0 1 1 1, 0.5158037429793889, 0.24242424242424243",
        "5 5 5, 7 7 7, 1, 1",
        "0 1 2 3, 3 1 0 2, 1, 1",
        "0, 0, 1, 1"
    })
    void givesScikitLearnsFigures(String clusters, String labels, double nmi, double ari) {
        ClusterAgreement agreement = ClusterAgreement.of(numbers(clusters), numbers(labels));
        assertThat(agreement.nmi()).isCloseTo(nmi, within(1e-15));
        assertThat(agreement.ari()).isCloseTo(ari, within(1e-15));
        assertThat(agreement.images()).isEqualTo(numbers(labels).length);
        assertThat(agreement.leftOut()).isZero();
    }

    /** Goes through all pairs of images: the Rand index less its expectation, over its maximum less its expectation. */
    private static double slowAri(int[] clusters, int[] labels) {
        double both = 0;
        double one = 0;
        double other = 0;
        double none = 0;
        for (int i = 0; i < clusters.length; i++) {
            for (int j = 0; j < i; j++) {
                boolean u = clusters[i] == clusters[j];
                boolean v = labels[i] == labels[j];
                both += u && v ? 1 : 0;
                one += u && !v ? 1 : 0;
                other += !u && v ? 1 : 0;
                none += !u && !v ? 1 : 0;
            }
        }
        if (one == 0 && other == 0) {
            return 1;
        }
        return 2 * (both * none - one * other) / ((both + one) * (one + none) + (both + other) * (other + none));
    }

    /** Sums p ln(p / (p q)) over a whole table of clusters and classes. */
    private static double slowNmi(int[] clusters, int[] labels, int most) {
        double[][] table = new double[most][most];
        double[] u = new double[most];
        double[] v = new double[most];
        double each = 1.0 / clusters.length;
        for (int i = 0; i < clusters.length; i++) {
            table[clusters[i]][labels[i]] += each;
            u[clusters[i]] += each;
            v[labels[i]] += each;
        }
        double information = 0;
        double entropies = 0;
        for (int i = 0; i < most; i++) {
            entropies -= u[i] > 0 ? u[i] * Math.log(u[i]) : 0;
            entropies -= v[i] > 0 ? v[i] * Math.log(v[i]) : 0;
            for (int j = 0; j < most; j++) {
                information += table[i][j] > 0 ? table[i][j] * Math.log(table[i][j] / (u[i] * v[j])) : 0;
            }
        }
        return Math.abs(entropies) < 1e-9 ? 1 : 2 * information / entropies;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void agreesWithASlowOneWhateverTheNames(long seed) {
        Random random = new Random(seed);
        int most = 1 + random.nextInt(12);
        int size = 1 + random.nextInt(200);
        int[] labels = random.ints(size, 0, most).toArray();
        int[] clusters = IntStream.range(0, size)
                .map(i -> random.nextInt(3) == 0 ? random.nextInt(most) : labels[i] / 2)
                .toArray();
        ClusterAgreement agreement = ClusterAgreement.of(clusters, labels);
        assertThat(agreement.ari()).isCloseTo(slowAri(clusters, labels), within(1e-12));
        assertThat(agreement.nmi()).isCloseTo(slowNmi(clusters, labels, most), within(1e-12));

        // other names for the clusters, far apart; images in another order; the two exchanged
        List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
        Collections.shuffle(order, random);
        int[] renamed = order.stream()
                .mapToInt(i -> Integer.MAX_VALUE - 1000 * clusters[i])
                .toArray();
        int[] ordered = order.stream().mapToInt(i -> labels[i]).toArray();
        assertThat(ClusterAgreement.of(renamed, ordered)).isEqualTo(agreement);
        assertThat(ClusterAgreement.of(ordered, renamed)).isEqualTo(agreement);
        assertThat(ClusterAgreement.of(clusters, renamed(clusters))).isEqualTo(new ClusterAgreement(1, 1, size, 0));
    }

    private static int[] renamed(int[] clusters) {
        return Arrays.stream(clusters).map(cluster -> 99 - cluster).toArray();
    }

    @Test
    void imagesWithoutOneOfTheTwoAreLeftOutAndCounted() {
        ClusterAgreement agreement = ClusterAgreement.of(numbers("0 0 1 2 -1 1 0"), numbers("0 0 1 1 0 -1 -1"));
        assertThat(agreement).isEqualTo(new ClusterAgreement(agreement.nmi(), agreement.ari(), 4, 3));
        assertThat(agreement.ari()).isCloseTo(4.0 / 7, within(1e-15));
    }

    /** 1.28 million images: pairs are more than an int holds, and by products more than a long does. */
    @Test
    void manyImagesDoNotOverflow() {
        int size = 1_280_000;
        int[] labels = IntStream.range(0, size).map(i -> i % 1000).toArray();
        int[] clusters = IntStream.range(0, size).map(i -> i / 2 % 3000).toArray();
        ClusterAgreement agreement = ClusterAgreement.of(clusters, labels);
        assertThat(agreement.images()).isEqualTo(size);
        assertThat(agreement.ari()).isBetween(0.0, 1.0);
        assertThat(ClusterAgreement.of(labels, labels)).isEqualTo(new ClusterAgreement(1, 1, size, 0));
        int[] one = new int[size];
        assertThat(ClusterAgreement.of(one, labels)).isEqualTo(new ClusterAgreement(0, 0, size, 0));
        int[] half = IntStream.range(0, size).map(i -> i % 500).toArray();
        // classes halved: H(U) = ln 500, H(V) = H(U, V) = ln 1000
        assertThat(ClusterAgreement.of(half, labels).nmi())
                .isCloseTo(2 * Math.log(500) / (Math.log(500) + Math.log(1000)), within(1e-9));
    }

    @Test
    void nothingToCompareIsRefused() {
        assertThatThrownBy(() -> ClusterAgreement.of(new int[0], new int[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("none of the 0 images has both a cluster and a class to compare");
        assertThatThrownBy(() -> ClusterAgreement.of(numbers("0 -1"), numbers("-1 0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none of the 2 images");
        assertThatThrownBy(() -> ClusterAgreement.of(numbers("0 1"), numbers("0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("clusters of 2 images cannot be compared with classes of 1");
    }
}
