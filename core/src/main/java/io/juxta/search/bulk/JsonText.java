package io.juxta.search.bulk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Pictures, and what they go into, in JSON; in ASCII, where any name has one form. */
final class JsonText {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private JsonText() {}

    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] bytes(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            content.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** What is to be done, and with what: two lines. */
    static byte[] bulkLines(BulkEntry entry) {
        return bytes(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("index");
            json.writeStringField("_id", entry.id().toString());
            json.writeEndObject();
            json.writeEndObject();
            json.writeRaw('\n');
            json.writeStartObject();
            said(json, entry);
            json.writeFieldName("embedding");
            vector(json, entry);
            json.writeEndObject();
            json.writeRaw('\n');
        });
    }

    static byte[] point(BulkEntry entry) {
        return bytes(json -> {
            json.writeStartObject();
            json.writeStringField("id", entry.id().toString());
            json.writeFieldName("vector");
            vector(json, entry);
            json.writeObjectFieldStart("payload");
            said(json, entry);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void said(JsonGenerator json, BulkEntry entry) throws IOException {
        json.writeStringField("name", entry.name());
        json.writeArrayFieldStart("folder");
        for (String folder : entry.folders()) {
            json.writeString(folder);
        }
        json.writeEndArray();
        if (!entry.label().isEmpty()) {
            json.writeStringField("label", entry.label());
        }
    }

    private static void vector(JsonGenerator json, BulkEntry entry) throws IOException {
        json.writeStartArray();
        for (float value : entry.vector()) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    static String openSearch(int dimension) {
        return text(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("settings");
            json.writeObjectFieldStart("index");
            json.writeBooleanField("knn", true);
            json.writeEndObject();
            json.writeEndObject();
            mappings(json, () -> {
                json.writeStringField("type", "knn_vector");
                json.writeNumberField("dimension", dimension);
                json.writeObjectFieldStart("method");
                json.writeStringField("name", "hnsw");
                json.writeStringField("engine", "lucene");
                json.writeStringField("space_type", "cosinesimil");
                json.writeEndObject();
            });
            json.writeEndObject();
        });
    }

    static String elasticsearch(int dimension) {
        return text(json -> {
            json.writeStartObject();
            mappings(json, () -> {
                json.writeStringField("type", "dense_vector");
                json.writeNumberField("dims", dimension);
                json.writeBooleanField("index", true);
                json.writeStringField("similarity", "cosine");
            });
            json.writeEndObject();
        });
    }

    static String qdrant(int dimension) {
        return text(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("vectors");
            json.writeNumberField("size", dimension);
            json.writeStringField("distance", "Cosine");
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private interface Field {
        void write() throws IOException;
    }

    /** Fields that are looked for as they are, and the vector. */
    private static void mappings(JsonGenerator json, Field vector) throws IOException {
        json.writeObjectFieldStart("mappings");
        json.writeBooleanField("dynamic", false);
        json.writeObjectFieldStart("properties");
        for (String name : new String[] {"name", "folder", "label"}) {
            json.writeObjectFieldStart(name);
            json.writeStringField("type", "keyword");
            json.writeEndObject();
        }
        json.writeObjectFieldStart("embedding");
        vector.write();
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static String text(Content content) {
        byte[] bytes = bytes(json -> {
            json.useDefaultPrettyPrinter();
            content.write(json);
        });
        return new String(bytes, StandardCharsets.US_ASCII) + "\n";
    }
}
