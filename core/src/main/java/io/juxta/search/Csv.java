package io.juxta.search;

/** Fields of tables as CSV files have them (RFC 4180). */
public final class Csv {
    private Csv() {}

    /** A field in quotes where it would otherwise be read as something else. */
    public static String quoted(String field) {
        boolean plain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                && field.strip().equals(field);
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
