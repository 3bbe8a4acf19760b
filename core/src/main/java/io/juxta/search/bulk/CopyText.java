package io.juxta.search.bulk;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Pictures as PostgreSQL's {@code COPY} reads text, and the table they go into. */
final class CopyText {
    /** The most values that pgvector's HNSW takes, of four bytes and of two. */
    private static final int INDEXED = 2000;

    private static final int INDEXED_HALVES = 4000;

    private CopyText() {}

    /** id, name, label, embedding. */
    static byte[] row(BulkEntry entry) {
        StringBuilder row = new StringBuilder(64 + 12 * entry.vector().length);
        row.append(entry.id()).append('\t');
        escape(row, entry.name());
        row.append('\t');
        if (entry.label().isEmpty()) {
            row.append("\\N");
        } else {
            escape(row, entry.label());
        }
        char before = '[';
        row.append('\t');
        for (float value : entry.vector()) {
            row.append(before).append(value);
            before = ',';
        }
        return row.append("]\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What means something to COPY is written with a backslash before it; {@code \.} alone and {@code \N} are never a name then. */
    private static void escape(StringBuilder row, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> row.append("\\\\");
                case '\t' -> row.append("\\t");
                case '\n' -> row.append("\\n");
                case '\r' -> row.append("\\r");
                default -> row.append(c);
            }
        }
    }

    static String table(int dimension) {
        return String.format(Locale.ROOT, """
                CREATE EXTENSION IF NOT EXISTS vector;
                CREATE TABLE IF NOT EXISTS pictures (
                    id uuid PRIMARY KEY,
                    name text NOT NULL,
                    label text,
                    embedding vector(%d) NOT NULL
                );
                """, dimension);
    }

    /** After everything is loaded: a graph grows faster at once. */
    static String index(int dimension) {
        String names = "CREATE INDEX IF NOT EXISTS pictures_name ON pictures (name text_pattern_ops);\n"
                + "CREATE INDEX IF NOT EXISTS pictures_label ON pictures (label);\n";
        if (dimension <= INDEXED) {
            return names + "CREATE INDEX IF NOT EXISTS pictures_embedding ON pictures"
                    + " USING hnsw (embedding vector_cosine_ops);\n";
        }
        if (dimension <= INDEXED_HALVES) { // order by embedding::halfvec(D) <=> ... uses it
            return names + "CREATE INDEX IF NOT EXISTS pictures_embedding ON pictures USING hnsw ((embedding::halfvec("
                    + dimension + ")) halfvec_cosine_ops);\n";
        }
        return names + "-- " + dimension + " values are more than an index of pgvector's takes: searches are exact\n";
    }
}
