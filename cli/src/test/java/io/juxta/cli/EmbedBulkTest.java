package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.runs.BulkEmbeddings;
import io.juxta.runs.EmbeddedImages;
import io.juxta.search.Embeddings;
import io.juxta.search.bulk.BulkFormat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code embed --format}: files for data bases, by an encoder that a tiny run has trained. */
@Tag("slow")
class EmbedBulkTest {
    private static final int IMAGES = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path root;

    static Path run = Path.of("");
    static Path images = Path.of("");

    @TempDir
    Path folder;

    @BeforeAll
    static void train() throws IOException {
        run = root.resolve("run");
        images = TinyRun.images(root.resolve("images"), IMAGES - 1);
        JuxtaProcess.Result result = TinyRun.pretrain(TinyRun.recipe(root), images, "--set=K=16", "--run=" + run);
        assertThat(result.err()).isEmpty();
        Files.copy(images.resolve("lying/1003.png"), images.resolve("lying/tab\tnew\nline \\N \"twin\".png"));
    }

    private static JuxtaProcess.Result call(String... more) {
        return TinyRun.call(
                Stream.concat(Stream.of("embed", run.toString(), "--data=" + images, "--quiet"), Arrays.stream(more))
                        .toArray(String[]::new));
    }

    /** Names and vectors are those that embed writes into its own files. */
    @Test
    void theVectorsAreEmbedsOwn() throws IOException {
        Path bulk = folder.resolve("bulk");
        JuxtaProcess.Result written = call("--format=opensearch", "--output=" + bulk);
        assertThat(written.err()).isEmpty();
        assertThat(written.out()).endsWith("30 embeddings of 64 values in 1 file: " + bulk + "\n");
        List<String> lines = Files.readAllLines(bulk.resolve("part-000001.ndjson"));
        assertThat(lines).hasSize(2 * IMAGES);
        Map<String, float[]> held = new HashMap<>();
        for (int i = 1; i < lines.size(); i += 2) {
            JsonNode document = JSON.readTree(lines.get(i));
            float[] vector = JSON.convertValue(document.get("embedding"), float[].class);
            held.put(document.get("name").asText(), vector);
            assertThat(document.get("label").asText())
                    .isEqualTo(document.get("folder").get(0).asText());
        }
        try (Embeddings own = EmbeddedImages.by(run).on(images).embed()) {
            assertThat(held.keySet()).containsExactlyInAnyOrderElementsOf(own.names());
            for (int i = 0; i < own.size(); i++) {
                assertThat(held.get(own.names().get(i))).isEqualTo(own.row(i));
            }
        }
        assertThat(JSON.readTree(bulk.resolve("index.json").toFile())
                        .at("/mappings/properties/embedding/dimension")
                        .asInt())
                .isEqualTo(64);
        assertThat(call("--format=opensearch", "--output=" + bulk).err())
                .isEqualTo("juxta: " + bulk + " is written already: give --overwrite, or another --output\n");
        assertThat(call("--format=pgvector", "--output=" + bulk).err()).contains("holds files of other format");
        assertThat(call("--format=pgvector", "--output=" + bulk, "--overwrite").err())
                .isEmpty();
        assertThat(TinyRun.below(bulk))
                .containsExactlyInAnyOrder("", "part-000001.copy", "parts.json", "table.sql", "index.sql");
    }

    private static BulkEmbeddings bulk(BulkFormat format, Path into) {
        return BulkEmbeddings.of(EmbeddedImages.by(run).on(images).batchSize(4).device("cpu"))
                .as(format)
                .into(into)
                .partSize(16 << 10);
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }

    /** Stopped after every few batches until it is done, it has written what it writes at once, each file within its bound. */
    @Test
    void whatWasStoppedGoesOnToTheSameBytes() throws IOException {
        for (BulkFormat format : BulkFormat.values()) {
            Path whole = folder.resolve("whole-" + format);
            BulkEmbeddings.Written written = bulk(format, whole).write();
            assertThat(written.embeddings()).isEqualTo(IMAGES);
            assertThat(written.files()).isGreaterThan(1);
            for (Path part : files(whole).keySet().stream().map(whole::resolve).toList()) {
                assertThat(Files.size(part)).isLessThanOrEqualTo(16 << 10);
            }
            Path stopped = folder.resolve("stopped-" + format);
            AtomicInteger batches = new AtomicInteger();
            assertThatThrownBy(() -> bulk(format, stopped)
                            .stopWhen(() -> batches.incrementAndGet() == 7)
                            .write())
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(files(stopped).keySet())
                    .as("whole files alone")
                    .contains("part-000001" + format.ending())
                    .doesNotContain("part-000002" + format.ending());
            bulk(format, stopped).write();
            assertThat(files(stopped)).isEqualTo(files(whole));
        }
    }

    @Test
    void whatCannotBeReadIsLeftOutHoweverMuch() throws IOException {
        Path some = TinyRun.images(folder.resolve("some"), 6);
        Files.write(some.resolve("standing/1000.png"), new byte[0]);
        Files.writeString(some.resolve("standing/1002.png"), "no image");
        Path bulk = folder.resolve("bulk");
        JuxtaProcess.Result result = TinyRun.call(
                "embed", run.toString(), "--data=" + some, "--quiet", "--format=qdrant", "--output=" + bulk);
        assertThat(result.err().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("juxta: warning: left out: " + some));
        assertThat(result.out())
                .endsWith("4 embeddings of 64 values in 1 file: " + bulk
                        + "\n2 images could not be read or embedded, and left out; the log names each\n");
        JsonNode points =
                JSON.readTree(bulk.resolve("part-000001.json").toFile()).get("points");
        assertThat(points).hasSize(4);
    }

    @Test
    void refusesInOneLine() throws IOException {
        refused(call("--format=solr", "--output=" + folder.resolve("o")), "--format solr is unknown");
        refused(call("--format=qdrant", "--raw", "--output=" + folder.resolve("o")), "--raw goes without --format");
        refused(call("--part-size=2MiB", "--output=" + folder.resolve("o.npz")), "give --format as well");
        refused(call("--format=qdrant", "--part-size=2GiB", "--output=" + folder.resolve("o")), "from 16 KiB to 1 GiB");
        refused(call("--format=qdrant", "--output=" + images), "holds other files, such as lying");
        refused(call("--format=qdrant", "--overwrite", "--output=" + images), "holds other files, such as lying");
        Path file = Files.createFile(folder.resolve("file"));
        refused(call("--format=qdrant", "--output=" + file), "is a file: give a folder");
        Path bulk = folder.resolve("bulk");
        assertThat(call("--format=qdrant", "--output=" + bulk).err()).isEmpty();
        refused(call("--format=qdrant", "--layer=head", "--output=" + bulk), "holds files of other dimension");
        Files.writeString(bulk.resolve("parts.json"), "{\"parts\":[{\"file\":\"../../x\"}]}");
        refused(call("--format=qdrant", "--output=" + bulk), "parts.json is damaged: --overwrite begins anew");
        Files.writeString(bulk.resolve("parts.json"), "null");
        refused(call("--format=qdrant", "--output=" + bulk), "parts.json is damaged: --overwrite begins anew");
        assertThat(call("--format=qdrant", "--output=" + bulk, "--overwrite").err())
                .isEmpty();
    }

    private static void refused(JuxtaProcess.Result result, String message) {
        assertThat(result.err()).startsWith("juxta: ").contains(message).hasLineCount(1);
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
    }
}
