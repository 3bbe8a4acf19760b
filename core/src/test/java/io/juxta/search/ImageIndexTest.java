package io.juxta.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ImageIndexTest {
    private static final int WIDTH = 6;

    /** Rows of any length, some of them equal, some nearly so. */
    private static float[][] rows(int count) {
        Random random = new Random(count);
        float[][] rows = new float[count][WIDTH];
        for (int i = 0; i < count; i++) {
            if (i % 100 == 99) {
                rows[i] = rows[i - 50].clone();
                rows[i][0] += i % 200 == 99 ? 0 : 0.01f;
            } else {
                for (int j = 0; j < WIDTH; j++) {
                    rows[i][j] = (float) random.nextGaussian() * (1 + i % 3);
                }
            }
        }
        return rows;
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "image " + i).toList();
    }

    private static ImageIndex index(float[][] rows) {
        try (Embeddings embeddings = Embeddings.of(names(rows.length), rows)) {
            return ImageIndex.of(embeddings);
        }
    }

    private static double cosine(float[] a, float[] b) {
        return io.juxta.Encoder.cosine(a, b);
    }

    /** Against sorting all of them, in sizes on both sides of a block. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 2048, 2500})
    void theNearestAreTheNearest(int count) {
        float[][] rows = rows(count);
        float[][] queries = rows(300);
        try (ImageIndex index = index(rows)) {
            assertThat(index.size()).isEqualTo(count);
            assertThat(index.dimension()).isEqualTo(WIDTH);
            List<List<Match>> found = index.nearest(queries, 5);
            assertThat(found).hasSize(300);
            for (int q = 0; q < 300; q++) {
                float[] query = queries[q];
                double[] expected = IntStream.range(0, count)
                        .mapToDouble(i -> -cosine(query, rows[i]))
                        .sorted()
                        .limit(5)
                        .map(c -> -c)
                        .toArray();
                List<Match> matches = found.get(q);
                assertThat(matches).hasSize(Math.min(5, count));
                for (int i = 0; i < matches.size(); i++) {
                    Match match = matches.get(i);
                    assertThat(match.cosine()).isCloseTo(expected[i], within(1e-5));
                    assertThat(cosine(query, rows[match.place()])).isCloseTo(match.cosine(), within(1e-5));
                    assertThat(match.name()).isEqualTo("image " + match.place());
                }
                assertThat(matches.stream().map(Match::place).distinct()).hasSameSizeAs(matches);
            }
            assertThat(index.nearest(queries[3], 5)).hasSameSizeAs(found.get(3));
        }
    }

    /** Against comparing all of them, in sizes on both sides of a block. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2048, 4200})
    void pairsAreAllPairs(int count) throws InterruptedIOException {
        float[][] rows = rows(count);
        List<Pair> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                double cosine = cosine(rows[i], rows[j]);
                assertThat(Math.abs(cosine - 0.9995)).as("too near to tell").isGreaterThan(1e-9);
                if (cosine >= 0.9995) {
                    expected.add(new Pair(i, j, cosine));
                }
            }
        }
        expected.sort(Comparator.comparingInt(Pair::first).thenComparingInt(Pair::second));
        try (ImageIndex index = index(rows)) {
            Alike alike = index.alike(0.9995, 1_000_000, more -> {});
            assertThat(alike.listsAll()).isTrue();
            List<Pair> found = alike.pairs();
            assertThat(alike.groups()).isEqualTo(groups(found));
            assertThat(found)
                    .isSortedAccordingTo(
                            Comparator.comparingDouble(Pair::cosine).reversed());
            List<Pair> ordered = new ArrayList<>(found);
            ordered.sort(Comparator.comparingInt(Pair::first).thenComparingInt(Pair::second));
            assertThat(ordered).hasSameSizeAs(expected);
            for (int i = 0; i < ordered.size(); i++) {
                assertThat(ordered.get(i).first()).isEqualTo(expected.get(i).first());
                assertThat(ordered.get(i).second()).isEqualTo(expected.get(i).second());
                assertThat(ordered.get(i).cosine()).isCloseTo(expected.get(i).cosine(), within(1e-5));
            }
            if (count > 200) {
                assertThat(index.alike(1, 1_000_000, more -> {}).pairs())
                        .describedAs("equal ones")
                        .hasSizeGreaterThanOrEqualTo(count / 200);
                Alike few = index.alike(0.9995, 3, more -> {});
                assertThat(few.pairs()).isEqualTo(found.subList(0, 3));
                assertThat(few.count()).isEqualTo(found.size());
                assertThat(few.groups()).isEqualTo(alike.groups());
                assertThat(few.listsAll()).isFalse();
            }
        }
    }

    /** Written down independently: whoever is reached over pairs belongs to the group. */
    private static List<Alike.Group> groups(List<Pair> pairs) {
        Map<Integer, List<Integer>> alike = new TreeMap<>();
        for (Pair pair : pairs) {
            alike.computeIfAbsent(pair.first(), i -> new ArrayList<>()).add(pair.second());
            alike.computeIfAbsent(pair.second(), i -> new ArrayList<>()).add(pair.first());
        }
        List<Alike.Group> groups = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (int start : alike.keySet()) {
            Deque<Integer> next = new ArrayDeque<>(List.of(start));
            TreeSet<Integer> group = new TreeSet<>();
            while (!next.isEmpty()) {
                int image = next.remove();
                if (seen.add(image)) {
                    group.add(image);
                    next.addAll(alike.get(image));
                }
            }
            if (!group.isEmpty()) {
                double highest = pairs.stream()
                        .filter(pair -> group.contains(pair.first()))
                        .mapToDouble(Pair::cosine)
                        .max()
                        .orElseThrow();
                groups.add(new Alike.Group(List.copyOf(group), highest));
            }
        }
        groups.sort(Comparator.comparingInt(group -> -group.images().size()));
        return groups;
    }

    /** 450 copies are 101,025 pairs, and one group. */
    @Test
    void copiesOfOnePictureAreOneGroupHoweverManyPairsTheyMake() throws InterruptedIOException {
        float[][] rows = new float[462][];
        for (int i = 0; i < 6; i++) {
            rows[i] = new float[WIDTH];
            rows[i][i] = 1;
        }
        for (int i = 6; i < 456; i++) {
            rows[i] = new float[] {1, 1, 1, 1, 1, 1};
        }
        for (int i = 456; i < 462; i++) {
            rows[i] = new float[WIDTH];
            rows[i][i - 456] = -1;
        }
        try (ImageIndex index = index(rows)) {
            Alike alike = index.alike(0.999, 1000, more -> {});
            assertThat(alike.count()).isEqualTo(450 * 449 / 2);
            assertThat(alike.pairs()).hasSize(1000);
            assertThat(alike.groups()).hasSize(1);
            assertThat(alike.groups().get(0).images())
                    .isEqualTo(IntStream.range(6, 456).boxed().toList());
            assertThat(alike.groups().get(0).cosine()).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void groupsArePutTogetherByWhatTheyShare() {
        AlikeCollector collector = new AlikeCollector(10, 2);
        collector.add(7, 9, 0.5f);
        collector.add(1, 5, 0.25f);
        collector.add(2, 8, 0.75f);
        collector.add(2, 5, 0.125f);
        Alike alike = collector.alike();
        assertThat(alike.pairs()).containsExactly(new Pair(2, 8, 0.75), new Pair(7, 9, 0.5));
        assertThat(alike.count()).isEqualTo(4);
        assertThat(alike.groups())
                .containsExactly(new Alike.Group(List.of(1, 2, 5, 8), 0.75), new Alike.Group(List.of(7, 9), 0.5));
        assertThat(new AlikeCollector(3, 1).alike().groups()).isEmpty();
    }

    @Test
    void refusesInOneLine() {
        ImageIndex index = index(rows(4));
        assertThatThrownBy(() -> index.nearest(new float[3], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an embedding of 3 values cannot be looked for among those of 6");
        assertThatThrownBy(() -> index.nearest(new float[WIDTH], 0)).hasMessage("k 0 must be at least 1");
        assertThatThrownBy(() -> index.alike(1.5, 1, more -> {}))
                .hasMessageContaining("1.5 must be above -1 and at most 1");
        assertThatThrownBy(() -> Embeddings.of(names(2), new float[][] {{1, 2}, {1}}))
                .hasMessage("embedding 1 has 1 values, the first has 2");
        assertThatThrownBy(() -> Embeddings.of(names(3), new float[2][2])).hasMessageContaining("3 names do not fit");
        index.close();
        index.close();
        assertThatThrownBy(() -> index.nearest(new float[WIDTH], 1)).hasMessage("the index is closed");
    }
}
