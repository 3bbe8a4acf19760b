package io.juxta.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
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
            List<Pair> found = index.pairs(0.9995, 1_000_000);
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
                assertThat(index.pairs(1, 1_000_000))
                        .describedAs("equal ones")
                        .hasSizeGreaterThanOrEqualTo(count / 200);
                assertThatThrownBy(() -> index.pairs(0.9995, 3))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("more than 3 pairs have a cosine of 0.9995 and above");
            }
        }
    }

    @Test
    void groupsArePutTogetherByWhatTheyShare() {
        List<Pair> pairs = List.of(new Pair(7, 9, 1), new Pair(1, 5, 1), new Pair(2, 5, 1), new Pair(2, 8, 1));
        assertThat(ImageIndex.groups(pairs)).containsExactly(List.of(1, 2, 5, 8), List.of(7, 9));
        assertThat(ImageIndex.groups(List.of())).isEmpty();
    }

    @Test
    void refusesInOneLine() {
        ImageIndex index = index(rows(4));
        assertThatThrownBy(() -> index.nearest(new float[3], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an embedding of 3 values cannot be looked for among those of 6");
        assertThatThrownBy(() -> index.nearest(new float[WIDTH], 0)).hasMessage("k 0 must be at least 1");
        assertThatThrownBy(() -> index.pairs(1.5, 1)).hasMessageContaining("1.5 must be above -1 and at most 1");
        assertThatThrownBy(() -> Embeddings.of(names(2), new float[][] {{1, 2}, {1}}))
                .hasMessage("embedding 1 has 1 values, the first has 2");
        assertThatThrownBy(() -> Embeddings.of(names(3), new float[2][2])).hasMessageContaining("3 names do not fit");
        index.close();
        index.close();
        assertThatThrownBy(() -> index.nearest(new float[WIDTH], 1)).hasMessage("the index is closed");
    }
}
