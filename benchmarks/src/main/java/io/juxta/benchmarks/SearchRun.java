package io.juxta.benchmarks;

import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import io.juxta.torch.Torch;
import java.util.Collections;
import java.util.Locale;
import java.util.Random;

/**
 * Exact search among random embeddings: milliseconds for a query alone and for each of 100 at once.
 * {@code SearchRun [DIMENSION=128] [SIZES=10000,100000,1000000] [THREADS=1]}.
 */
public final class SearchRun {
    private static final int ALONE = 50;
    private static final int TOGETHER = 100;

    private SearchRun() {}

    public static void main(String[] arguments) {
        int dimension = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 128;
        String sizes = arguments.length > 1 ? arguments[1] : "10000,100000,1000000";
        Torch.threads(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1);
        for (String size : sizes.split(",", -1)) {
            measure(Integer.parseInt(size), dimension);
        }
    }

    private static void measure(int size, int dimension) {
        Random random = new Random(1);
        float[][] queries = rows(random, TOGETHER, dimension);
        try (Embeddings embeddings = Embeddings.of(Collections.nCopies(size, "image"), rows(random, size, dimension));
                ImageIndex index = ImageIndex.of(embeddings)) {
            index.nearest(queries, 10);
            long started = System.nanoTime();
            for (int i = 0; i < ALONE; i++) {
                index.nearest(queries[i], 10);
            }
            double alone = (System.nanoTime() - started) / 1e6 / ALONE;
            started = System.nanoTime();
            index.nearest(queries, 10);
            double together = (System.nanoTime() - started) / 1e6 / TOGETHER;
            System.out.printf(
                    Locale.ROOT, "%,9d x %d: alone %.2f ms, of 100 %.3f ms%n", size, dimension, alone, together);
        }
    }

    private static float[][] rows(Random random, int count, int dimension) {
        float[][] rows = new float[count][dimension];
        for (float[] row : rows) {
            for (int i = 0; i < dimension; i++) {
                row[i] = random.nextFloat() - 0.5f;
            }
        }
        return rows;
    }
}
