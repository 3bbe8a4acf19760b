package io.juxta.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selections against greedy ones that look at everything again for every choice. */
class SelectionTest {
    private static final int WIDTH = 6;

    private static Selection choose(Selection.By by, float[][] from, float[][] labelled, int n, long seed)
            throws InterruptedIOException {
        try (PointerScope scope = new PointerScope()) {
            Tensor candidates = Scattered.tensor(from, WIDTH);
            Tensor top = Scattered.tensor(labelled, WIDTH);
            return by == Selection.By.COVERAGE
                    ? Selection.coverage(candidates, top, n, seed, chosen -> {})
                    : Selection.diversity(candidates, top, n, chosen -> {});
        }
    }

    /** The cosine with the nearest of those that are chosen or labelled. */
    private static double nearest(float[][] from, int i, List<Integer> chosen, float[][] labelled) {
        double nearest = -1;
        for (int j : chosen) {
            nearest = Math.max(nearest, Scattered.cosine(from[i], from[j]));
        }
        for (float[] row : labelled) {
            nearest = Math.max(nearest, Scattered.cosine(from[i], row));
        }
        return nearest;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 40})
    void coverageTakesTheFarthest(int known) throws InterruptedIOException {
        float[][] from = Scattered.rows(120, WIDTH, 1);
        float[][] labelled = Scattered.rows(known, WIDTH, 2);
        Selection selection = choose(Selection.By.COVERAGE, from, labelled, 30, 5);
        for (int step = known == 0 ? 1 : 0; step < 30; step++) {
            List<Integer> before = selection.chosen().subList(0, step);
            double least = IntStream.range(0, from.length)
                    .mapToDouble(i -> nearest(from, i, before, labelled))
                    .min()
                    .orElseThrow();
            double taken = nearest(from, selection.chosen().get(step), before, labelled);
            assertThat(taken).isCloseTo(least, within(1e-6));
            if (step > 0) {
                assertThat(selection.curve().get(step - 1)).isCloseTo(1 - least, within(1e-6));
            }
        }
        assertThat(selection.chosen()).doesNotHaveDuplicates();
        assertThat(choose(Selection.By.COVERAGE, from, labelled, 30, 5)).isEqualTo(selection);
    }

    @Test
    void theSeedDecidesWhereCoverageBegins() throws InterruptedIOException {
        float[][] from = Scattered.rows(120, WIDTH, 1);
        assertThat(IntStream.range(0, 8)
                        .mapToObj(seed -> {
                            try {
                                return choose(Selection.By.COVERAGE, from, new float[0][], 1, seed)
                                        .chosen();
                            } catch (InterruptedIOException e) {
                                throw new IllegalStateException(e);
                            }
                        })
                        .distinct())
                .hasSizeGreaterThan(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 40})
    void diversityTakesWhatAddsMost(int known) throws InterruptedIOException {
        float[][] from = Scattered.rows(150, WIDTH, 3);
        float[][] labelled = Scattered.rows(known, WIDTH, 4);
        Selection selection = choose(Selection.By.DIVERSITY, from, labelled, 25, 0);
        for (int step = 0; step < 25; step++) {
            List<Integer> before = selection.chosen().subList(0, step);
            double most = IntStream.range(0, from.length)
                    .filter(i -> !before.contains(i))
                    .mapToDouble(i -> sum(from, with(before, i), labelled))
                    .max()
                    .orElseThrow();
            double taken = sum(from, selection.chosen().subList(0, step + 1), labelled);
            assertThat(taken).isCloseTo(most, within(1e-4));
            assertThat(selection.curve().get(step)).isCloseTo(1 - taken / from.length, within(1e-6));
        }
        assertThat(selection.chosen()).doesNotHaveDuplicates();
    }

    private static List<Integer> with(List<Integer> chosen, int one) {
        List<Integer> all = new ArrayList<>(chosen);
        all.add(one);
        return all;
    }

    private static double sum(float[][] from, List<Integer> chosen, float[][] labelled) {
        return IntStream.range(0, from.length)
                .mapToDouble(i -> nearest(from, i, chosen, labelled))
                .sum();
    }

    @Test
    void allTheSameAndAllOfThem() throws InterruptedIOException {
        float[][] same = new float[20][];
        Arrays.fill(same, Scattered.rows(1, WIDTH, 7)[0]);
        for (Selection.By by : List.of(Selection.By.COVERAGE, Selection.By.DIVERSITY)) {
            Selection all = choose(by, same, new float[0][], 20, 0);
            assertThat(all.chosen()).hasSize(20).doesNotHaveDuplicates();
            assertThat(all.curve().get(19)).isCloseTo(0, within(1e-6));
            assertThat(choose(by, Scattered.rows(1, WIDTH, 1), new float[0][], 1, 0)
                            .chosen())
                    .containsExactly(0);
        }
    }

    @Test
    void uncertaintyTakesWhatLiesBetweenTheClasses() throws InterruptedIOException {
        float[][] labelled = new float[40][WIDTH];
        long[] labels = new long[40];
        for (int i = 0; i < 40; i++) {
            labels[i] = i % 2;
            labelled[i][0] = i % 2 == 0 ? 1 : -1;
            labelled[i][1] = (i - 20) / 20f;
        }
        float[][] from = new float[9][WIDTH];
        for (int i = 0; i < 9; i++) {
            from[i][0] = (i - 4) / 4f + 0.01f;
        }
        try (PointerScope scope = new PointerScope()) {
            Selection selection = Selection.uncertainty(
                    Scattered.tensor(from, WIDTH), Scattered.tensor(labelled, WIDTH), Tensor.create(labels), 2, 3);
            assertThat(selection.chosen()).containsExactly(4, 3, 5);
            assertThat(selection.curve()).isSorted();
        }
    }

    @Test
    void moreThanThereAreIsRefused() {
        assertThatThrownBy(() -> choose(Selection.By.DIVERSITY, Scattered.rows(4, WIDTH, 1), new float[0][], 5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a selection of 5 must be from 1 to the 4 pictures that there are to choose from");
    }
}
