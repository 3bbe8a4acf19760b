package io.juxta.search.bulk;

import java.util.Locale;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * How a data base takes embeddings: files of a bounded size that are loaded one after the other, and what they are loaded into. Vectors
 * are compared by cosine.
 */
@API(status = API.Status.EXPERIMENTAL)
public enum BulkFormat {
    /** Lines for {@code _bulk} of OpenSearch's, into a field of its k-NN plugin's. */
    OPENSEARCH(".ndjson", 16_000) {
        @Override
        public Map<String, String> definitions(int dimension) {
            return Map.of("index.json", JsonText.openSearch(dimension));
        }

        @Override
        public byte[] row(BulkEntry entry) {
            return JsonText.bulkLines(entry);
        }
    },
    /** Lines for {@code _bulk} of Elasticsearch's, from version 8.11 on, into a dense vector. */
    ELASTICSEARCH(".ndjson", 4096) {
        @Override
        public Map<String, String> definitions(int dimension) {
            return Map.of("index.json", JsonText.elasticsearch(dimension));
        }

        @Override
        public byte[] row(BulkEntry entry) {
            return JsonText.bulkLines(entry);
        }
    },
    /** Lines for {@code COPY} of PostgreSQL's, into a table with a vector of pgvector's, from version 0.7 on. */
    PGVECTOR(".copy", 16_000) {
        @Override
        public Map<String, String> definitions(int dimension) {
            return Map.of("table.sql", CopyText.table(dimension), "index.sql", CopyText.index(dimension));
        }

        @Override
        public byte[] row(BulkEntry entry) {
            return CopyText.row(entry);
        }
    },
    /** Bodies for Qdrant's points of a collection. */
    QDRANT(".json", 65_535) {
        @Override
        public Map<String, String> definitions(int dimension) {
            return Map.of("collection.json", JsonText.qdrant(dimension));
        }

        @Override
        public byte[] row(BulkEntry entry) {
            return JsonText.point(entry);
        }

        @Override
        public String head() {
            return "{\"points\":[\n";
        }

        @Override
        public String between() {
            return ",\n";
        }

        @Override
        public String foot() {
            return "\n]}\n";
        }
    };

    private final String ending;
    private final int longest;

    BulkFormat(String ending, int longest) {
        this.ending = ending;
        this.longest = longest;
    }

    /**
     * By its name in any case.
     *
     * @throws IllegalArgumentException when there is none of this name, in one line
     */
    public static BulkFormat of(String name) {
        for (BulkFormat format : values()) {
            if (format.name().equalsIgnoreCase(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                "--format " + name + " is unknown: take opensearch, elasticsearch, pgvector or qdrant");
    }

    /** With a dot. */
    public final String ending() {
        return ending;
    }

    /** @throws IllegalArgumentException when vectors are longer than the data base takes, in one line */
    public final void requireFits(int dimension) {
        if (dimension > longest) {
            throw new IllegalArgumentException("embeddings of " + dimension + " values are too long for "
                    + name().toLowerCase(Locale.ROOT) + ", which takes " + longest + ": take --layer head, or another");
        }
    }

    /** What is made before anything is loaded, or after: files by their names. */
    public abstract Map<String, String> definitions(int dimension);

    /** A picture in a file. */
    public abstract byte[] row(BulkEntry entry);

    /** What stands before the first of a file. */
    public String head() {
        return "";
    }

    /** What stands between two. */
    public String between() {
        return "";
    }

    /** What stands behind the last. */
    public String foot() {
        return "";
    }
}
