package io.juxta.spark;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Encoder;
import io.juxta.EncoderOptions;
import io.juxta.eval.Layer;
import io.juxta.runs.DeliveredWeights;
import io.juxta.runs.OperationThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SparkEmbedderTest {
    private static final int READABLE = 20;

    @TempDir
    static Path folder;

    private static SparkSession spark;
    private static Path weights;
    private static Path pictures;
    private static List<String> expected;

    @BeforeAll
    static void start() throws IOException {
        weights = TinyPictures.encoder(folder.resolve("encoder.safetensors"), 7);
        pictures = TinyPictures.folder(folder.resolve("pictures"), READABLE);
        expected = inOneJvm();
        spark = LocalCluster.start(2, folder, Map.of());
    }

    @AfterAll
    static void stop() {
        if (spark != null) {
            spark.stop();
        }
    }

    /** What Spark shall give, by an Encoder in this JVM: a line for each picture, with all bits. */
    private static List<String> inOneJvm() throws IOException {
        OperationThreads.set(1);
        List<String> lines = new ArrayList<>();
        try (Encoder encoder = Encoder.load(weights, EncoderOptions.defaults().withBatchSize(1));
                Stream<Path> files = Files.list(pictures)) {
            for (Path file : files.sorted().toList()) {
                String line = file.getFileName() + " ";
                try {
                    line += bits(encoder.embed(Files.readAllBytes(file)));
                } catch (IOException e) {
                    line += e.getMessage().substring("image: ".length());
                }
                lines.add(line);
            }
        }
        return lines;
    }

    private static String bits(float[] embedding) {
        ByteBuffer bits = ByteBuffer.allocate(Float.BYTES * embedding.length);
        bits.asFloatBuffer().put(embedding);
        return embedding.length + " " + UUID.nameUUIDFromBytes(bits.array());
    }

    private static List<String> lines(Dataset<Row> table) {
        List<String> lines = new ArrayList<>();
        for (Row row : table.select("path", "embedding", "unreadable").collectAsList()) {
            String path = row.getString(0);
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (row.isNullAt(1)) {
                lines.add(name + " " + row.getString(2));
                continue;
            }
            List<Float> values = row.getList(1);
            float[] embedding = new float[values.size()];
            for (int i = 0; i < embedding.length; i++) {
                embedding[i] = values.get(i);
            }
            assertThat(row.isNullAt(2)).isTrue();
            lines.add(name + " " + bits(embedding));
        }
        return lines.stream().sorted().toList();
    }

    private static Dataset<Row> files() throws IOException {
        return PictureFiles.below(spark, pictures.toString(), SparkEmbedder.MOST_BYTES);
    }

    @Test
    void theTableIsThatOfAnEncoderInOneJvm() throws IOException {
        Dataset<Row> table = SparkEmbedder.by(spark, weights).embed(files());
        assertThat(table.columns()).containsExactly("path", "modificationTime", "length", "embedding", "unreadable");
        assertThat(lines(table)).isEqualTo(expected).hasSize(READABLE + 3);
        assertThat(table.filter("unreadable is not null").count()).isEqualTo(3);
    }

    /** Spark's own source leaves out files of 0 bytes. */
    @Test
    void aColumnOfBytesIsEmbeddedWhereverItComesFrom() throws IOException {
        Dataset<Row> named = spark.read()
                .format("binaryFile")
                .load(pictures.toString())
                .selectExpr("path", "content as picture")
                .repartition(3);
        SparkEmbedder embedder = SparkEmbedder.byShared(weights).withColumn("picture");
        List<String> wanted =
                expected.stream().filter(line -> !line.startsWith("empty")).toList();
        assertThat(lines(embedder.embed(named))).isEqualTo(wanted);
        assertThatThrownBy(() -> SparkEmbedder.byShared(weights).embed(named))
                .hasMessage("the table has no column content: name the one with the pictures' files");
        assertThatThrownBy(() -> embedder.withColumn("path").embed(named))
                .hasMessage("the table has in column path no bytes, but string: name the one with the pictures' files");
        Dataset<Row> limited = embedder.withMostBytes(10)
                .embed(named.selectExpr(
                        "path",
                        "if(path like '%text%', picture, if(path like '%100%', null, unhex('00'))) as picture"));
        assertThat(lines(limited))
                .hasSize(READABLE + 2)
                .contains("text.png not an image (JPEG, PNG, WebP, BMP, TIFF, GIF or PPM)")
                .contains("picture-100.png no bytes: the column is null");
    }

    @Test
    void aTaskThatFailsInTheMidstChangesNothing() throws IOException {
        Dataset<Row> files = files();
        Dataset<Row> troubled = files.mapPartitions(new Troubled(""), Encoders.row(files.schema()));
        assertThat(written(SparkEmbedder.by(spark, weights).embed(troubled), "failed"))
                .isEqualTo(expected);
    }

    @Test
    void anExecutorThatIsKilledInTheMidstChangesNothing() throws Exception {
        Path pid = folder.resolve("pid");
        Dataset<Row> files = files();
        Dataset<Row> troubled = files.mapPartitions(new Troubled(pid.toString()), Encoders.row(files.schema()));
        Thread killer = new Thread(() -> kill(pid));
        killer.start();
        List<String> lines = written(SparkEmbedder.by(spark, weights).embed(troubled), "killed");
        killer.join();
        assertThat(lines).isEqualTo(expected);
    }

    private static void kill(Path pid) {
        try {
            while (!Files.exists(pid)) {
                Thread.sleep(20);
            }
            ProcessHandle.of(Long.parseLong(Files.readString(pid)))
                    .orElseThrow()
                    .destroyForcibly();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> written(Dataset<Row> table, String name) {
        String output = folder.resolve(name).toString();
        table.write().parquet(output);
        return lines(spark.read().parquet(output));
    }

    /** Each encoder has a thread of its own. */
    @Test
    void theTasksOfAnExecutorShareOneEncoder() throws IOException {
        EncoderOptions others = EncoderOptions.defaults().withBatchSize(4).withLayer(Layer.HEAD);
        Dataset<Row> embedded =
                SparkEmbedder.by(spark, weights).withOptions(others).embed(files().repartition(6));
        List<Row> encoders = embedded.mapPartitions(
                        (MapPartitionsFunction<Row, Row>) rows -> {
                            rows.forEachRemaining(row -> {});
                            long threads = Thread.getAllStackTraces().keySet().stream()
                                    .filter(thread -> thread.getName().equals("encoder"))
                                    .count();
                            return List.of(RowFactory.create(
                                            ProcessHandle.current().pid(), threads))
                                    .iterator();
                        },
                        Encoders.row(new StructType().add("pid", "long").add("encoders", "long")))
                .collectAsList();
        assertThat(encoders)
                .hasSize(6)
                .allSatisfy(row -> assertThat(row.getLong(1)).isEqualTo(1));
        assertThat(encoders.stream().map(row -> row.getLong(0)).distinct().toList())
                .hasSizeBetween(1, 2)
                .doesNotContain(ProcessHandle.current().pid());
        assertThat(embedded.filter("unreadable is not null").count()).isEqualTo(3);
        assertThat(embedded.filter("embedding is not null")
                        .selectExpr("size(embedding)")
                        .distinct()
                        .collectAsList())
                .containsExactly(RowFactory.create(16));
    }

    @Test
    void otherWeightsOnAnExecutorFailTheJobInOneLine() throws IOException {
        Path shared = folder.resolve("shared.safetensors");
        TinyPictures.encoder(shared, 8);
        SparkEmbedder embedder = SparkEmbedder.byShared(shared);
        Dataset<Row> table = embedder.embed(files());
        TinyPictures.encoder(shared, 9);
        assertThatThrownBy(table::count)
                .extracting(SparkJob::line, as(InstanceOfAssertFactories.STRING))
                .matches(
                        "executor \\d+ on \\S+: the weights in .*shared.safetensors are others \\([0-9a-f]{16}\\) than those"
                                + " of the job \\([0-9a-f]{16}\\): put the same file on every machine");
    }

    @Test
    void theTableRemembersItsEncoder() throws IOException {
        SparkEmbedder embedder = SparkEmbedder.by(spark, weights);
        String output = folder.resolve("remembered").toString();
        embedder.embed(files()).limit(1).write().parquet(output);
        assertThat(EmbeddingColumns.encoder(spark.read().parquet(output).schema()))
                .isEqualTo(DeliveredWeights.of(weights).fingerprint() + " (backbone)")
                .isEqualTo(embedder.encoder());
        assertThatThrownBy(() -> EmbeddingColumns.encoder(files().schema()))
                .hasMessageContaining("the table has no column embedding that says which encoder made it");
    }

    /** Of embeddings around a few hundred centres; each pair that is found is one, and as many are found as the formula says. */
    @Test
    void nearDuplicatesAreFoundAsOftenAsIsSaid() {
        Random random = new Random(5);
        List<float[]> vectors = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            float[] vector = new float[16];
            for (int k = 0; k < vector.length; k++) {
                float centre = i % 3 == 0 ? 0 : vectors.get(i - i % 3)[k];
                vector[k] = centre + (float) random.nextGaussian() * (i % 3 == 0 ? 1 : 0.2f);
            }
            vectors.add(vector);
            rows.add(RowFactory.create("picture-" + (1000 + i), vector));
        }
        Dataset<Row> table = spark.createDataFrame(
                rows, new StructType().add("path", "string").add("embedding", "array<float>"));
        NearDuplicates alike = NearDuplicates.above(0.95).withBits(10).withBands(4);
        Map<String, Double> exact = new TreeMap<>();
        double hoped = 0;
        double variance = 0;
        for (int i = 0; i < vectors.size(); i++) {
            for (int j = i + 1; j < vectors.size(); j++) {
                double cosine = Encoder.cosine(vectors.get(i), vectors.get(j));
                if (cosine >= 0.95) {
                    exact.put("picture-" + (1000 + i) + " picture-" + (1000 + j), cosine);
                    hoped += alike.chance(cosine);
                    variance += alike.chance(cosine) * (1 - alike.chance(cosine));
                }
            }
        }
        Map<String, Double> found = pairs(alike.pairs(table));
        assertThat(exact).hasSizeGreaterThan(300);
        assertThat(exact.keySet()).containsAll(found.keySet());
        found.forEach((pair, cosine) -> assertThat(cosine).isCloseTo(exact.get(pair), within(1e-6)));
        // pairs share planes, so that they miss together: wider than three deviations of independent ones
        assertThat((double) found.size()).isCloseTo(hoped, within(6 * Math.sqrt(variance)));
        assertThat(found.size()).isLessThan(exact.size());
        Dataset<Row> pairs = alike.withMostTogether(2).pairs(table).cache();
        assertThat(pairs(pairs)).isEqualTo(found);
        assertThat(groups(alike.groups(pairs))).isEqualTo(slowGroups(found.keySet()));
        assertThat(pairs(NearDuplicates.above(0.95).withBits(10).pairs(table)).size())
                .isGreaterThanOrEqualTo((int) (0.97 * exact.size()));
        assertThatThrownBy(() -> alike.withMostComparisons(10).pairs(table))
                .hasMessageStartingWith("blocks of 10 bits, ")
                .hasMessageEndingWith("and the limit is 10: take more bits");
    }

    private static Map<String, Double> pairs(Dataset<Row> pairs) {
        Map<String, Double> found = new TreeMap<>();
        for (Row row : pairs.collectAsList()) {
            assertThat(found.put(row.getString(0) + " " + row.getString(1), row.getDouble(2)))
                    .isNull();
        }
        return found;
    }

    private static Map<String, String> groups(Dataset<Row> groups) {
        Map<String, String> named = new TreeMap<>();
        groups.collectAsList().forEach(row -> named.put(row.getString(0), row.getString(1) + " " + row.getInt(2)));
        return named;
    }

    /** By passing the least name on until nothing changes. */
    private static Map<String, String> slowGroups(Set<String> pairs) {
        Map<String, String> least = new TreeMap<>();
        for (boolean changed = true; changed; ) {
            changed = false;
            for (String pair : pairs) {
                String[] both = pair.split(" ");
                String a = least.getOrDefault(both[0], both[0]);
                String b = least.getOrDefault(both[1], both[1]);
                String name = a.compareTo(b) < 0 ? a : b;
                changed |= !name.equals(least.put(both[0], name)) | !name.equals(least.put(both[1], name));
            }
        }
        Map<String, String> sized = new TreeMap<>();
        least.forEach((member, name) -> sized.put(
                member,
                name + " " + least.values().stream().filter(name::equals).count()));
        return sized;
    }
}
