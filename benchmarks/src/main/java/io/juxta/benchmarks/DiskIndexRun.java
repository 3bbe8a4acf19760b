package io.juxta.benchmarks;

import io.juxta.lucene.Among;
import io.juxta.lucene.DiskIndex;
import io.juxta.lucene.DiskIndexOptions;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import io.juxta.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * An index on disk beside exact search in memory: how long it is built, how large it is, how long a search takes, what the graph misses,
 * and what memory each way has taken when it was done: of the Java heap, and resident, of which the files that are mapped are a part that the
 * system may take back. Unit vectors around 2,000 centres.
 *
 * <pre>{@code
 * java @jvm.options io.juxta.benchmarks.DiskIndexRun FOLDER [IMAGES [DIMENSION]]
 * }</pre>
 */
public final class DiskIndexRun {
    private static final int CENTRES = 2000;
    private static final int QUERIES = 100;
    private static final double SPREAD = 0.7;
    private static final int PART = 250_000;

    private final int dimension;
    private final double[][] centres;

    private DiskIndexRun(int dimension) {
        this.dimension = dimension;
        SplittableRandom random = new SplittableRandom(1);
        centres = new double[CENTRES][];
        for (int i = 0; i < CENTRES; i++) {
            centres[i] = random.doubles(dimension, -0.5, 0.5).toArray();
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("DiskIndexRun FOLDER [IMAGES [DIMENSION]]: the index is made in the folder and stays");
            System.exit(2);
        }
        int images = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        int dimension = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 128;
        Torch.threads(1);
        new DiskIndexRun(dimension).measure(Path.of(arguments[0]), images);
    }

    private float[] vector(int image) {
        SplittableRandom random = new SplittableRandom(2L * image + 3);
        double[] centre = centres[random.nextInt(CENTRES)];
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (centre[i] + SPREAD * (random.nextDouble() - 0.5));
        }
        return vector;
    }

    private void measure(Path folder, int images) throws IOException {
        List<float[]> queries = new ArrayList<>();
        for (int q = 0; q < QUERIES; q++) {
            queries.add(vector(images + q));
        }
        try (DiskIndex index = DiskIndex.open(folder, dimension, "drawn")) {
            double building = seconds(() -> {
                for (int i = 0; i < images; i++) {
                    index.put(Integer.toString(i), "", vector(i));
                }
                index.commit();
            });
            double merging = seconds(index::merge);
            say(
                    "%,d images of %d values: built in %.0f s, merged in %.0f s, %,d MB on disk, %s",
                    images, dimension, building, merging, megabytes(folder), memory());
            for (float[] query : queries.subList(0, QUERIES / 5)) { // warms up
                index.nearestExactly(query, 10, Among.all());
            }
            say(
                    "exact on disk: %.2f ms a query",
                    1e3
                            / QUERIES
                            * seconds(() -> {
                                for (float[] query : queries) {
                                    index.nearestExactly(query, 10, Among.all());
                                }
                            }));
        }
        for (int looked : new int[] {2, 5, 10, 20}) {
            try (DiskIndex index = DiskIndex.open(
                    folder, dimension, "drawn", DiskIndexOptions.defaults().withLooked(looked))) {
                for (float[] query : queries) {
                    index.nearestByGraph(query, 10, Among.all());
                }
                double searching = seconds(() -> {
                    for (float[] query : queries) {
                        index.nearestByGraph(query, 10, Among.all());
                    }
                });
                say(
                        "graph, %d looked at for each: %.2f ms a query, recall@10 %.3f, %s",
                        looked, 1e3 / QUERIES * searching, index.recall(queries, 10), memory());
            }
        }
        inMemory(images, queries);
    }

    /** In parts one after the other, whose times are added up: the whole would want three times its size while it is made. */
    private void inMemory(int images, List<float[]> queries) throws IOException {
        double searching = 0;
        for (int from = 0; from < images; from += PART) {
            int count = Math.min(PART, images - from);
            float[][] rows = new float[count][];
            for (int i = 0; i < count; i++) {
                rows[i] = vector(from + i);
            }
            try (Embeddings embeddings = Embeddings.of(Collections.nCopies(count, ""), rows);
                    ImageIndex index = ImageIndex.of(embeddings)) {
                index.nearest(queries.get(0), 10);
                searching += seconds(() -> queries.forEach(query -> index.nearest(query, 10)));
            }
        }
        say("exact in memory: %.2f ms a query, %s", 1e3 / QUERIES * searching, memory());
    }

    private interface Work {
        void done() throws IOException;
    }

    private static double seconds(Work work) throws IOException {
        long started = System.nanoTime();
        work.done();
        return (System.nanoTime() - started) / 1e9;
    }

    private static long megabytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum() / 1_000_000;
        }
    }

    /** What the heap holds, and what the process has resident and has had at most (Linux alone tells). */
    private static String memory() throws IOException {
        Runtime runtime = Runtime.getRuntime();
        long heap = (runtime.totalMemory() - runtime.freeMemory()) / 1_000_000;
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return String.format(Locale.ROOT, "%,d MB of heap", heap);
        }
        return String.format(
                Locale.ROOT,
                "%,d MB of heap, %,d MB resident, %,d MB of it not mapped files, at most %,d MB",
                heap,
                kilobytes(status, "VmRSS:") / 1000,
                kilobytes(status, "RssAnon:") / 1000,
                kilobytes(status, "VmHWM:") / 1000);
    }

    private static long kilobytes(Path status, String name) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
