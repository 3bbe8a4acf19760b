package io.juxta.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskIndexTest {
    private static final int DIMENSION = 24;

    @TempDir
    Path root;

    /** Around a few centres, as pictures lie. */
    private static float[] vector(int seed, int dimension) {
        SplittableRandom centre = new SplittableRandom(seed % 7);
        SplittableRandom own = new SplittableRandom(1000 + seed);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (centre.nextDouble() - 0.5 + 0.6 * (own.nextDouble() - 0.5));
        }
        return vector;
    }

    private static float[] vector(int seed) {
        return vector(seed, DIMENSION);
    }

    private static String name(int i) {
        return "set" + i % 3 + "/part" + i % 2 + "/" + i + ".jpg";
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squares = 0;
        double others = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            squares += a[i] * a[i];
            others += b[i] * b[i];
        }
        return product / Math.sqrt(squares * others);
    }

    private DiskIndex open(DiskIndexOptions options) throws IOException {
        return DiskIndex.open(root.resolve("index"), DIMENSION, "runs/photos", options);
    }

    private DiskIndex open() throws IOException {
        return open(DiskIndexOptions.defaults());
    }

    private static void fill(DiskIndex index, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            index.put(name(i), i % 5 == 0 ? "five" : "", vector(i));
        }
    }

    /** The slow way, over what a map holds. */
    private static List<String> slow(Map<String, float[]> all, float[] query, int k) {
        return all.entrySet().stream()
                .sorted(Comparator.comparingDouble(each -> -cosine(each.getValue(), query)))
                .limit(k)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void theNearestAreThoseOfComparingWithEach() throws IOException {
        Map<String, float[]> all = new TreeMap<>();
        try (DiskIndex index = open()) {
            fill(index, 500);
            for (int i = 0; i < 500; i++) {
                all.put(name(i), vector(i));
            }
            // some once more with other vectors, some not at all
            for (int i = 0; i < 500; i += 9) {
                index.put(name(i), "", vector(i + 5000));
                all.put(name(i), vector(i + 5000));
            }
            for (int i = 4; i < 500; i += 10) {
                index.remove(name(i));
                all.remove(name(i));
            }
            assertThat(index.size()).isEqualTo(all.size());
            for (int q = 0; q < 20; q++) {
                float[] query = vector(90_000 + q);
                List<Found> found = index.nearest(query, 10, Among.all());
                assertThat(found).extracting(Found::name).isEqualTo(slow(all, query, 10));
                for (Found each : found) {
                    assertThat(each.cosine()).isCloseTo(cosine(query, all.get(each.name())), within(1e-5));
                }
            }
        }
    }

    @Test
    void aFolderAndALabelAreSearchedAlone() throws IOException {
        try (DiskIndex index = open()) {
            fill(index, 300);
            float[] query = vector(77_777);
            for (List<Found> found : List.of(
                    index.nearestExactly(query, 300, Among.folder("set1")),
                    index.nearestByGraph(query, 300, Among.folder("set1")))) {
                assertThat(found).hasSize(100).allMatch(each -> each.name().startsWith("set1/"));
            }
            assertThat(index.nearest(query, 300, Among.folder("set1/part0")))
                    .hasSize(50)
                    .allMatch(each -> each.name().startsWith("set1/part0/"));
            assertThat(index.nearest(query, 300, Among.label("five")))
                    .hasSize(60)
                    .allMatch(each -> each.label().equals("five"));
            assertThat(index.nearest(query, 300, Among.folder("set"))).isEmpty();
        }
    }

    @Test
    void theGraphFindsNearlyAllAndTellsExactCosines() throws IOException {
        try (DiskIndex index = open()) {
            fill(index, 3000);
            index.merge();
            List<float[]> queries = new ArrayList<>();
            for (int q = 0; q < 30; q++) {
                queries.add(vector(50_000 + q));
            }
            assertThat(index.recall(queries, 10)).isGreaterThan(0.95);
            for (Found each : index.nearestByGraph(queries.get(0), 10, Among.all())) {
                int i = Integer.parseInt(each.name().replaceAll(".*/(\\d+)\\.jpg", "$1"));
                assertThat(each.cosine()).isCloseTo(cosine(queries.get(0), vector(i)), within(1e-5));
            }
        }
    }

    /** One looked at for one asked for misses some: recall is measured, not claimed. */
    @Test
    void recallTellsOfAPoorSearch() throws IOException {
        DiskIndexOptions poor = new DiskIndexOptions(2, 2, 1, 0, 16);
        try (DiskIndex index = open(poor)) {
            fill(index, 2000);
            List<float[]> queries = new ArrayList<>();
            for (int q = 0; q < 30; q++) {
                queries.add(vector(50_000 + q));
            }
            assertThat(index.recall(queries, 10)).isLessThan(0.9);
        }
    }

    @Test
    void whatWasCommittedIsThereAgain() throws IOException {
        try (DiskIndex index = open()) {
            fill(index, 50);
        }
        try (DiskIndex index = open()) {
            assertThat(index.size()).isEqualTo(50);
            assertThat(index.nearest(vector(7), 1, Among.all()).get(0).name()).isEqualTo(name(7));
            assertThat(index.contains(name(7))).isTrue();
            assertThat(index.contains("none")).isFalse();
        }
    }

    @Test
    void anIndexKilledWhileItIsWrittenOpensWithWhatWasCommitted() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Killed.class.getName(),
                        root.resolve("index").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isEqualTo(Killed.STATUS);
        assertThat(megabytes(root.resolve("index")))
                .as("more than was committed has been written")
                .isGreaterThan(15);
        try (DiskIndex index = Killed.open(root.resolve("index"))) {
            assertThat(index.size()).isEqualTo(Killed.COMMITTED);
            Killed.fill(index, 200);
            assertThat(index.size()).isEqualTo(200);
        }
        assertThat(megabytes(root.resolve("index"))).as("and is gone").isLessThan(5);
    }

    private static long megabytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum() >> 20;
        }
    }

    /** Commits, writes more than fits into memory, and falls over. */
    static final class Killed {
        static final int COMMITTED = 100;
        static final int STATUS = 99;
        private static final int WIDE = 2048;

        private Killed() {}

        static DiskIndex open(Path folder) throws IOException {
            return DiskIndex.open(folder, WIDE, "wide", new DiskIndexOptions(8, 16, 10, 20_000, 16));
        }

        static void fill(DiskIndex index, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                index.put(name(i), "", vector(i, WIDE));
            }
        }

        public static void main(String[] args) throws IOException {
            DiskIndex index = open(Path.of(args[0]));
            fill(index, COMMITTED);
            index.commit();
            fill(index, 2500);
            Runtime.getRuntime().halt(STATUS);
        }
    }

    @Test
    void vectorsOfAnotherEncoderOrLengthAreRefused() throws IOException {
        try (DiskIndex index = open()) {
            fill(index, 3);
        }
        Path folder = root.resolve("index");
        assertThatThrownBy(() -> DiskIndex.open(folder, DIMENSION, "runs/other"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("of the encoder runs/photos, not of runs/other");
        assertThatThrownBy(() -> DiskIndex.open(folder, 32, "runs/photos"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("vectors of 24 values, not of 32");
        try (DiskIndex index = open()) {
            assertThatThrownBy(() -> index.put("a", "", new float[23]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a has 23 values, the index 24");
            assertThatThrownBy(() -> index.nearest(new float[25], 1, Among.all()))
                    .hasMessageContaining("25 values");
        }
    }

    @Test
    void whatIsNoVectorIsRefused() throws IOException {
        try (DiskIndex index = open()) {
            float[] none = new float[DIMENSION];
            assertThatThrownBy(() -> index.put("a", "", none)).hasMessageContaining("zeros alone");
            for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                float[] vector = vector(1);
                vector[5] = wrong;
                assertThatThrownBy(() -> index.put("a", "", vector)).hasMessageContaining("no numbers");
            }
            float[] tiny = new float[DIMENSION];
            tiny[3] = 1e-20f;
            index.put("tiny", "", tiny);
            float[] huge = new float[DIMENSION];
            huge[3] = 1e30f;
            assertThat(index.nearest(huge, 1, Among.all()).get(0).cosine()).isCloseTo(1, within(1e-6));
            assertThatThrownBy(() -> index.put("x".repeat(40_000), "", vector(1)))
                    .hasMessageContaining("32766 bytes");
            assertThatThrownBy(() -> index.nearest(huge, 0, Among.all())).hasMessageContaining("at least 1");
        }
    }

    @Test
    void oneAtATimeHasItOpen() throws IOException {
        try (DiskIndex index = open()) {
            assertThat(index.size()).isZero();
            assertThat(index.nearest(vector(1), 5, Among.all())).isEmpty();
            assertThat(index.nearestByGraph(vector(1), 5, Among.all())).isEmpty();
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("open elsewhere");
        }
    }

    @Test
    void aDamagedIndexIsNamed() throws IOException {
        try (DiskIndex index = open()) {
            fill(index, 50);
        }
        Path segments;
        try (Stream<Path> files = Files.list(root.resolve("index"))) {
            segments = files.filter(file -> file.getFileName().toString().startsWith("segments_"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segments);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(segments, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("index is damaged")
                .hasMessageNotContaining("\n");
    }

    @Test
    void afterTheEndNothingGoes() throws IOException {
        DiskIndex index = open();
        fill(index, 3);
        index.close();
        index.close();
        assertThatThrownBy(() -> index.nearest(vector(1), 1, Among.all())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.put("a", "", vector(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void featuresOfAResNet50FitIn() throws IOException {
        try (DiskIndex index = DiskIndex.open(root.resolve("wide"), 2048, "wide")) {
            for (int i = 0; i < 30; i++) {
                index.put(name(i), "", vector(i, 2048));
            }
            assertThat(index.nearestByGraph(vector(11, 2048), 1, Among.all()).get(0))
                    .satisfies(found -> assertThat(found.name()).isEqualTo(name(11)));
        }
        assertThatThrownBy(() -> DiskIndex.open(root.resolve("wider"), 8193, "wide"))
                .hasMessageContaining("8192");
    }

    @Test
    void searchesGoOnWhileOthersWriteAndMerge() throws Exception {
        try (DiskIndex index = open()) {
            fill(index, 200);
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                List<Future<?>> work = new ArrayList<>();
                work.add(threads.submit(() -> {
                    for (int i = 200; i < 1200; i++) {
                        index.put(name(i), "", vector(i));
                        if (i % 250 == 0) {
                            index.merge();
                        }
                    }
                    return null;
                }));
                for (int t = 0; t < 2; t++) {
                    int first = t;
                    work.add(threads.submit(() -> {
                        for (int q = 0; q < 200; q++) {
                            int i = (first + 2 * q) % 200;
                            assertThat(index.nearest(vector(i), 1, Among.all())
                                            .get(0)
                                            .name())
                                    .isEqualTo(name(i));
                        }
                        return null;
                    }));
                }
                for (Future<?> each : work) {
                    each.get(60, TimeUnit.SECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(index.size()).isEqualTo(1200);
        }
    }

    @Test
    void embeddingsOfAFolderGoInAtOnce() throws IOException {
        float[][] rows = {vector(1), vector(2), vector(3)};
        try (Embeddings embeddings = Embeddings.of(List.of("a.jpg", "b.jpg", "<img onerror>.jpg"), rows);
                DiskIndex index = open()) {
            index.putAll(embeddings);
            assertThat(index.nearest(vector(3), 1, Among.all()).get(0).name()).isEqualTo("<img onerror>.jpg");
        }
    }
}
