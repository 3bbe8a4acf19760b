package io.juxta.runs.curated;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.eval.clusters.Clusters;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters and map are made once, and again where something else is asked for or what was kept is no good. */
class KeptMapTest {
    @TempDir
    Path folder = Path.of("");

    private final List<String> tasks = new ArrayList<>();

    private static Embeddings embeddings(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] rows = new float[40][5];
        for (int i = 0; i < rows.length; i++) {
            for (int d = 0; d < 5; d++) {
                rows[i][d] = (float) random.nextDouble(-0.4, 0.4) + (d == i % 3 ? 2 : 0);
            }
        }
        return Embeddings.of(IntStream.range(0, 40).mapToObj(i -> "p" + i).toList(), rows);
    }

    private KeptMap map(int clusters, long seed) {
        tasks.clear();
        return new KeptMap(Optional.of(folder), OptionalInt.of(clusters), seed, 1);
    }

    private void told(String task, long done, long total) {
        assertThat(done).isBetween(0L, total);
        tasks.add(task);
    }

    @Test
    void theyAreMadeOnce() throws IOException {
        try (Embeddings first = embeddings(1);
                Embeddings second = embeddings(2)) {
            Clusters clusters = map(3, 0).clusters(first, this::told).orElseThrow();
            assertThat(clusters.sizes()).containsExactly(14, 13, 13);
            assertThat(tasks).contains("finding clusters");
            double[] points = map(3, 0).points(first, this::told);
            assertThat(tasks).contains("finding neighbours", "laying out");

            KeptMap again = map(3, 0);
            assertThat(again.clusters(first, this::told)).contains(clusters);
            assertThat(again.points(first, this::told)).containsExactly(points);
            assertThat(tasks).isEmpty();

            // other embeddings, another number, another seed
            map(3, 0).clusters(second, this::told);
            assertThat(tasks).isNotEmpty();
            assertThat(map(4, 0).clusters(second, this::told).orElseThrow().sizes())
                    .hasSize(4);
            assertThat(tasks).isNotEmpty();
            map(4, 1).clusters(second, this::told);
            assertThat(tasks).isNotEmpty();
            map(4, 1).points(first, this::told);
            assertThat(tasks).isNotEmpty();
            assertThat(map(0, 0).clusters(first, this::told)).isEmpty();
            assertThat(tasks).isEmpty();
            assertThat(new KeptMap(Optional.empty(), OptionalInt.empty(), 0, 1)
                            .clusters(first, this::told)
                            .orElseThrow()
                            .sizes())
                    .hasSize(4);
        }
    }

    @Test
    void whatWasTamperedWithIsMadeAgain() throws IOException {
        try (Embeddings pictures = embeddings(1)) {
            Clusters clusters = map(3, 0).clusters(pictures, this::told).orElseThrow();
            Path file = folder.resolve("clusters.safetensors");
            for (float wrong : new float[] {-1, 2, 7, 1e9f, Float.NaN}) {
                try (Embeddings kept = EmbeddingFile.read(file)) {
                    float[][] rows = new float[40][];
                    for (int i = 0; i < 40; i++) {
                        rows[i] = i < 20 ? new float[] {wrong, 0} : kept.row(i);
                    }
                    try (Embeddings tampered = Embeddings.of(kept.names(), rows, kept.about())) {
                        EmbeddingFile.SAFETENSORS.write(file, tampered);
                    }
                }
                assertThat(map(3, 0).clusters(pictures, this::told))
                        .as("%s", wrong)
                        .contains(clusters);
            }
            Files.write(file, new byte[] {1, 2, 3});
            assertThat(map(3, 0).clusters(pictures, this::told)).contains(clusters);
        }
    }
}
