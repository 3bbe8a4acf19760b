package io.juxta.search.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written for data bases, read by others' rules. */
class BulkFormatTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final float[] VECTOR = {0.25f, -1e-7f, 3.4028235e38f, 1.4e-45f, -0f, 0.1f};

    /** As a hostile folder calls its files. */
    private static final String[] NAMES = {
        "birds/owls/7.jpg",
        "a\tb\nc\rd/x.png",
        "\\.",
        "\\N",
        "back\\slash\\n/\"quoted\", 'single'; DROP TABLE pictures; --.jpg",
        "{\"delete\":{\"_id\":\"1\"}}\n.jpg",
        "eule \u00e4\u03a9\u65e5 \uD83E\uDD89.jpg",
        "half \uD83E.jpg",
        "bell\u0007esc\u001b[31m.png",
        "=cmd|' /C calc'!A0.png",
        "\u2028line.png"
    };

    static String[] names() {
        return NAMES;
    }

    private static BulkEntry entry(String name) {
        return new BulkEntry(name, name.length() % 2 == 0 ? "" : "label\t\\" + name, VECTOR);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Half a pair has no form in UTF-8, and none in JSON that others take. */
    private static String expected(String text) {
        return text.replace("half \uD83E.", "half \\uD83E.");
    }

    @ParameterizedTest
    @MethodSource("names")
    void bulkLinesAreTwoLinesOfJson(String name) throws IOException {
        BulkEntry entry = entry(name);
        for (BulkFormat format : List.of(BulkFormat.OPENSEARCH, BulkFormat.ELASTICSEARCH)) {
            String row = text(format.row(entry));
            assertThat(row).endsWith("\n").matches("[\\x20-\\x7e]*\n[\\x20-\\x7e]*\n");
            String[] lines = row.split("\n", -1);
            JsonNode action = JSON.readTree(lines[0]);
            assertThat(action.properties()).hasSize(1);
            assertThat(action.at("/index/_id").asText()).isEqualTo(entry.id().toString());
            JsonNode document = JSON.readTree(lines[1]);
            said(document, entry, name);
            vector(document.get("embedding"));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aPointOfQdrantsIsJson(String name) throws IOException {
        BulkEntry entry = entry(name);
        BulkFormat format = BulkFormat.QDRANT;
        String two = format.head()
                + text(format.row(entry))
                + format.between()
                + text(format.row(entry("b")))
                + format.foot();
        JsonNode points = JSON.readTree(two).get("points");
        assertThat(points).hasSize(2);
        assertThat(points.get(0).get("id").asText()).isEqualTo(entry.id().toString());
        vector(points.get(0).get("vector"));
        said(points.get(0).get("payload"), entry, name);
    }

    private static void said(JsonNode document, BulkEntry entry, String name) {
        assertThat(document.get("name").asText()).isEqualTo(expected(name));
        List<String> folders = new ArrayList<>();
        document.get("folder").forEach(folder -> folders.add(folder.asText()));
        assertThat(folders).isEqualTo(entry.folders());
        assertThat(document.has("label")).isEqualTo(!entry.label().isEmpty());
        assertThat(document.path("label").asText()).isEqualTo(entry.label());
    }

    private static void vector(JsonNode values) {
        assertThat(values).hasSize(VECTOR.length);
        for (int i = 0; i < VECTOR.length; i++) {
            assertThat((float) values.get(i).asDouble()).isEqualTo(VECTOR[i]);
        }
    }

    /** By the rules of PostgreSQL's page on COPY, text format. */
    @ParameterizedTest
    @MethodSource("names")
    void aRowIsWhatCopyReads(String name) {
        BulkEntry entry = entry(name);
        String row = text(BulkFormat.PGVECTOR.row(entry));
        assertThat(row).endsWith("\n");
        String line = row.substring(0, row.length() - 1);
        assertThat(line).doesNotContain("\n", "\r").isNotEqualTo("\\.");
        String[] columns = line.split("\t", -1);
        assertThat(columns).hasSize(4);
        assertThat(columns[0]).isEqualTo(entry.id().toString());
        assertThat(copied(columns[1])).isEqualTo(expected(name));
        if (entry.label().isEmpty()) {
            assertThat(columns[2]).isEqualTo("\\N");
        } else {
            assertThat(columns[2]).isNotEqualTo("\\N");
            assertThat(copied(columns[2])).isEqualTo(entry.label());
        }
        String[] values = columns[3].substring(1, columns[3].length() - 1).split(",", -1);
        assertThat(columns[3]).startsWith("[").endsWith("]");
        for (int i = 0; i < VECTOR.length; i++) {
            assertThat(Float.parseFloat(values[i])).isEqualTo(VECTOR[i]);
        }
    }

    private static String copied(String column) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < column.length(); i++) {
            char c = column.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = column.charAt(++i);
            switch (escaped) {
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case '\\' -> text.append('\\');
                default -> throw new AssertionError("an escape nobody wrote: \\" + escaped);
            }
        }
        return text.toString();
    }

    @Test
    void anIdIsOfItsNameAlone() {
        assertThat(entry("a").id()).isEqualTo(new BulkEntry("a", "other", new float[] {1}).id());
        assertThat(entry("a").id()).isNotEqualTo(entry("b").id());
        assertThat(entry("a").id().version()).isEqualTo(8);
        assertThat(entry("a").id().variant()).isEqualTo(2);
        // sha256("a") = ca978112ca1bbdcafac231b39a23dc4d...
        assertThat(entry("a").id()).hasToString("ca978112-ca1b-8dca-bac2-31b39a23dc4d");
    }

    @Test
    void definitionsSayDimensionAndCosine() throws IOException {
        JsonNode open = JSON.readTree(BulkFormat.OPENSEARCH.definitions(2048).get("index.json"));
        assertThat(open.at("/settings/index/knn").asBoolean()).isTrue();
        JsonNode field = open.at("/mappings/properties/embedding");
        assertThat(field.get("type").asText()).isEqualTo("knn_vector");
        assertThat(field.get("dimension").asInt()).isEqualTo(2048);
        assertThat(field.at("/method/space_type").asText()).isEqualTo("cosinesimil");
        JsonNode elastic = JSON.readTree(
                        BulkFormat.ELASTICSEARCH.definitions(384).get("index.json"))
                .at("/mappings/properties/embedding");
        assertThat(elastic.get("dims").asInt()).isEqualTo(384);
        assertThat(elastic.get("similarity").asText()).isEqualTo("cosine");
        JsonNode qdrant = JSON.readTree(BulkFormat.QDRANT.definitions(64).get("collection.json"));
        assertThat(qdrant.at("/vectors/size").asInt()).isEqualTo(64);
        assertThat(qdrant.at("/vectors/distance").asText()).isEqualTo("Cosine");
        assertThat(BulkFormat.PGVECTOR.definitions(512).get("table.sql")).contains("embedding vector(512) NOT NULL");
    }

    /** pgvector's index takes 2,000 values of four bytes, and 4,000 of two. */
    @ParameterizedTest
    @ValueSource(ints = {512, 2048, 8192})
    void pgvectorsIndexIsOneThatItCanHave(int dimension) {
        String index = BulkFormat.PGVECTOR.definitions(dimension).get("index.sql");
        assertThat(index.contains("hnsw (embedding vector_cosine_ops)")).isEqualTo(dimension == 512);
        assertThat(index.contains("hnsw ((embedding::halfvec(2048)) halfvec_cosine_ops)"))
                .isEqualTo(dimension == 2048);
        assertThat(index.contains("searches are exact")).isEqualTo(dimension == 8192);
    }

    @ParameterizedTest
    @EnumSource
    void whatDoesNotFitIsRefused(BulkFormat format) {
        assertThatThrownBy(() -> format.requireFits(70_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embeddings of 70000 values are too long for ");
        format.requireFits(4096);
        assertThat(BulkFormat.of(format.name().toLowerCase(Locale.ROOT))).isEqualTo(format);
        assertThatThrownBy(() -> BulkFormat.of("solr")).hasMessageContaining("--format solr is unknown");
    }
}
