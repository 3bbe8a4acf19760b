package io.juxta.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.eval.neighbours.Neighbours;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neighbours, and what outliers, leaks and doubted labels make of them, against sorting all pairs. */
class NeighboursTest {
    private static final int WIDTH = 5;

    private static Neighbours of(float[][] rows, int k) throws InterruptedIOException {
        try (PointerScope scope = new PointerScope()) {
            return Neighbours.of(Scattered.tensor(rows, WIDTH), k, done -> {});
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 256, 600})
    void theyAreTheNearestOthers(int count) throws InterruptedIOException {
        float[][] rows = Scattered.rows(count, WIDTH, count);
        Neighbours found = of(rows, 4);
        assertThat(found.k()).isEqualTo(Math.min(4, count - 1));
        for (int i = 0; i < count; i++) {
            int self = i;
            double[] expected = IntStream.range(0, count)
                    .filter(j -> j != self)
                    .mapToDouble(j -> -Scattered.cosine(rows[self], rows[j]))
                    .sorted()
                    .limit(4)
                    .map(c -> -c)
                    .toArray();
            Set<Integer> places = new HashSet<>();
            double distance = 0;
            for (int j = 0; j < found.k(); j++) {
                assertThat(found.cosine(i, j)).isCloseTo((float) expected[j], within(1e-6f));
                assertThat(Scattered.cosine(rows[i], rows[found.place(i, j)])).isCloseTo(expected[j], within(1e-6));
                places.add(found.place(i, j));
                distance += 1 - expected[j];
            }
            assertThat(places).hasSize(found.k()).doesNotContain(i);
            assertThat(found.distance(i)).isCloseTo(distance / found.k(), within(1e-6));
        }
    }

    @Test
    void onePictureHasNone() throws InterruptedIOException {
        Neighbours found = of(Scattered.rows(1, WIDTH, 1), 4);
        assertThat(found.k()).isZero();
        assertThat(Outliers.of(found, new int[] {0}, 3).found()).isEmpty();
        assertThat(LabelDoubt.of(found, new int[] {0}, 2)).isEmpty();
    }

    /** However many are equal, none is its own neighbour. */
    @Test
    void allTheSame() throws InterruptedIOException {
        float[][] rows = new float[500][];
        Arrays.fill(rows, Scattered.rows(1, WIDTH, 3)[0]);
        Neighbours found = of(rows, 10);
        for (int i = 0; i < 500; i++) {
            int self = i;
            int[] near = IntStream.range(0, 10).map(j -> found.place(self, j)).toArray();
            assertThat(near).doesNotContain(i).doesNotHaveDuplicates();
        }
        Outliers outliers = Outliers.of(found, IntStream.range(0, 500).toArray(), 3);
        assertThat(outliers.found()).isEmpty();
    }

    @Test
    void outliersAreTheFarthestBeyondTheLimit() throws InterruptedIOException {
        Random random = new Random(4);
        float[][] rows = new float[60][WIDTH];
        for (int i = 0; i < 60; i++) {
            rows[i][0] = 1;
            for (int j = 1; j < WIDTH; j++) {
                rows[i][j] = (float) random.nextGaussian() * 0.1f;
            }
        }
        rows[17] = new float[] {-1, 0.3f, 0, 0, 0};
        rows[41] = new float[] {0, 1, 0, 0.2f, 0};
        int[] places = IntStream.range(0, 60).map(i -> 2 * i).toArray();
        Outliers outliers = Outliers.of(of(rows, 5), places, 6);
        assertThat(outliers.found().stream().map(Outliers.Far::image)).containsExactly(34, 82);
        assertThat(outliers.found()).allMatch(far -> far.distance() > outliers.limit());
    }

    @Test
    void labelsAreDoubtedWhereOthersHaveMoreVotes() throws InterruptedIOException {
        int count = 120;
        float[][] rows = Scattered.rows(count, WIDTH, 8);
        Random random = new Random(9);
        int[] labels = IntStream.range(0, count).map(i -> random.nextInt(4) - 1).toArray();
        Neighbours near = of(rows, 7);
        List<LabelDoubt> doubts = LabelDoubt.of(near, labels, 3);
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double[] votes = new double[3];
            for (int j = 0; j < 7; j++) {
                int place = near.place(i, j);
                if (labels[place] >= 0) {
                    votes[labels[place]] += Math.exp(Scattered.cosine(rows[i], rows[place]) / 0.1);
                }
            }
            double most = Arrays.stream(votes).max().orElseThrow();
            if (labels[i] >= 0 && most > votes[labels[i]] * (1 + 1e-9)) {
                expected.add(i);
            }
        }
        assertThat(doubts.stream().map(LabelDoubt::image)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(doubts)
                .isSortedAccordingTo(Comparator.comparingDouble(doubt -> doubt.own() - doubt.share()))
                .allMatch(doubt -> labels[doubt.image()] == doubt.label() && doubt.said() != doubt.label())
                .allMatch(doubt -> doubt.neighbours().stream().allMatch(i -> labels[i] >= 0));
    }

    @Test
    void leaksAreTheNearestToLearnFrom() throws InterruptedIOException {
        int count = 90;
        float[][] rows = Scattered.rows(count, WIDTH, 11);
        List<Part> parts =
                IntStream.range(0, count).mapToObj(i -> Part.values()[i % 3]).toList();
        List<Leak> leaks;
        try (PointerScope scope = new PointerScope()) {
            int[] places = IntStream.range(0, count).toArray();
            leaks = Leak.near(List.of(), Scattered.tensor(rows, WIDTH), places, parts, 0.9);
        }
        int expected = 0;
        for (int i = 0; i < count; i++) {
            int asked = i;
            double most = IntStream.range(0, count)
                    .filter(j -> parts.get(j) == Part.TRAINING)
                    .mapToDouble(j -> Scattered.cosine(rows[asked], rows[j]))
                    .max()
                    .orElseThrow();
            if (parts.get(i) == Part.HELD_OUT && most >= 0.9) {
                expected++;
                assertThat(leaks)
                        .filteredOn(leak -> leak.heldOut() == asked)
                        .singleElement()
                        .matches(leak -> parts.get(leak.training()) == Part.TRAINING)
                        .matches(leak -> Math.abs(leak.cosine() - most) < 1e-6);
            }
        }
        assertThat(expected).isBetween(1, 29);
        assertThat(leaks).hasSize(expected);
    }

    @Test
    void noNeighboursAreRefused() {
        assertThatThrownBy(() -> of(Scattered.rows(3, WIDTH, 1), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("k 0 must be at least 1");
    }
}
