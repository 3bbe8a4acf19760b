package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class DrawnShapesTest {
    private static final int COUNT = 1000;
    private static final long PINNED = 3338134337L;

    @Test
    void anImageDependsOnSeedAndNumberAlone() {
        DrawnShapes inOrder = new DrawnShapes(1, COUNT, 32);
        DrawnShapes backwards = new DrawnShapes(1, COUNT, 32);
        DrawnShapes atOnce = new DrawnShapes(1, COUNT, 32);
        byte[][] first = pixels(inOrder);
        IntStream.range(0, COUNT).forEach(i -> backwards.image(COUNT - 1 - i));
        byte[][] parallel = IntStream.range(0, 4 * COUNT)
                .parallel()
                .mapToObj(i -> atOnce.image(i % COUNT).rgb())
                .toArray(byte[][]::new);
        assertThat(pixels(backwards)).isDeepEqualTo(first);
        assertThat(Arrays.copyOf(parallel, COUNT)).isDeepEqualTo(first);
        assertThat(Arrays.copyOfRange(parallel, 3 * COUNT, 4 * COUNT)).isDeepEqualTo(first);
        assertThat(new DrawnShapes(1, 10, 32).image(7).rgb()).isEqualTo(first[7]);
    }

    /** A change of the drawing changes every figure in the documentation that rests on it: do it knowingly. */
    @Test
    void theDrawingIsPinned() {
        CRC32 crc = new CRC32();
        for (byte[] image : pixels(new DrawnShapes(1, 100, 32))) {
            crc.update(image);
        }
        assertThat(crc.getValue()).isEqualTo(PINNED);
    }

    @Test
    void noTwoImagesAreEqualNorDoNeighbouringSeedsShareAny() {
        Set<ByteBuffer> seen = new HashSet<>();
        for (long seed : new long[] {0, 1, 2, -1}) {
            for (byte[] image : pixels(new DrawnShapes(seed, COUNT, 16))) {
                assertThat(seen.add(ByteBuffer.wrap(image))).isTrue();
            }
        }
    }

    @Test
    void theTenClassesAreBalanced() {
        DrawnShapes set = new DrawnShapes(3, COUNT, 32);
        int[] counts = new int[10];
        for (int i = 0; i < COUNT; i++) {
            counts[set.label(i)]++;
        }
        assertThat(counts).containsOnly(COUNT / 10);
        assertThat(set.classes()).hasSize(10).doesNotHaveDuplicates().contains("circle", "star");
        assertThat(set.name(12)).isEqualTo("triangle 12");
        assertThat(set.size()).isEqualTo(COUNT);
    }

    @Test
    void drawsAnySizeFromSixteen() {
        for (int size : new int[] {16, 33, 64, 224}) {
            assertThat(new DrawnShapes(0, 1, size).image(0).rgb()).hasSize(3 * size * size);
        }
    }

    /** The quickstart compares with this: were it high, the trained encoder would have nothing to show. */
    @Test
    void rawPixelsSayLittleAboutTheClass() {
        double right = nearestNeighbourAccuracy(new DrawnShapes(1, 2000, 32), new DrawnShapes(2, 500, 32));
        assertThat(right).isBetween(0.12, 0.28);
    }

    @Test
    void refusesWhatCannotBeDrawn() {
        assertThatThrownBy(() -> new DrawnShapes(0, 0, 32)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new DrawnShapes(0, 1, 8)).hasMessageContaining("16 to 1024");
        assertThatThrownBy(() -> new DrawnShapes(0, 5, 32).image(5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new DrawnShapes(0, 5, 32).image(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[][] pixels(DrawnShapes set) {
        return IntStream.range(0, set.size()).mapToObj(i -> set.image(i).rgb()).toArray(byte[][]::new);
    }

    /** The share of test images whose twenty nearest in the bank, by cosine of centred pixels, vote for their class. */
    private static double nearestNeighbourAccuracy(DrawnShapes bank, DrawnShapes test) {
        float[][] known = unit(bank);
        float[][] asked = unit(test);
        long right = IntStream.range(0, asked.length)
                .parallel()
                .filter(i -> vote(known, asked[i], bank) == test.label(i))
                .count();
        return (double) right / asked.length;
    }

    private static int vote(float[][] known, float[] asked, DrawnShapes bank) {
        double[] similarity =
                Arrays.stream(known).mapToDouble(k -> dot(k, asked)).toArray();
        int[] votes = new int[bank.classes().size()];
        IntStream.range(0, known.length)
                .boxed()
                .sorted((a, b) -> Double.compare(similarity[b], similarity[a]))
                .limit(20)
                .forEach(i -> votes[bank.label(i)]++);
        return IntStream.range(0, votes.length)
                .reduce((a, b) -> votes[b] > votes[a] ? b : a)
                .orElseThrow();
    }

    private static float[][] unit(DrawnShapes set) {
        float[][] rows = new float[set.size()][];
        for (int i = 0; i < rows.length; i++) {
            byte[] rgb = set.image(i).rgb();
            float[] row = new float[rgb.length];
            for (int j = 0; j < row.length; j++) {
                row[j] = (rgb[j] & 0xff) - 127.5f;
            }
            float length = (float) Math.sqrt(dot(row, row));
            for (int j = 0; j < row.length; j++) {
                row[j] /= length;
            }
            rows[i] = row;
        }
        return rows;
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
