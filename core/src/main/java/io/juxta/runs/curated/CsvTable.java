package io.juxta.runs.curated;

import io.juxta.search.Csv;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tables as CSV files (RFC 4180), written so that no name is a formula in a spreadsheet, and read back. */
final class CsvTable {
    private final StringBuilder text = new StringBuilder();

    CsvTable(String... columns) {
        text.append(String.join(",", columns)).append('\n');
    }

    /** Texts are quoted where they must be; numbers stay bare. */
    CsvTable row(Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            text.append(i == 0 ? "" : ",")
                    .append(fields[i] instanceof String name ? Csv.quoted(name) : String.valueOf(fields[i]));
        }
        text.append('\n');
        return this;
    }

    /** Beside its place, and then there. */
    void write(Path file) throws IOException {
        Replacing.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Rows with anything in them; fields in quotes may hold commas and line ends, and a quote twice. */
    static List<List<String>> rows(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '\n';
            boolean end = i == text.length();
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append("\"\"");
                i++;
            } else if (c == '"' && !end && (quoted || field.length() == 0)) {
                quoted = !quoted;
                field.append(c);
            } else if (quoted && !end) {
                field.append(c);
            } else if (c == ',') {
                row.add(read(field));
            } else if (c == '\n') {
                row.add(read(field));
                if (row.stream().anyMatch(value -> !value.isBlank())) {
                    rows.add(row);
                }
                row = new ArrayList<>();
            } else {
                field.append(c);
            }
        }
        return rows;
    }

    private static String read(StringBuilder field) {
        String text = field.toString();
        field.setLength(0);
        return Csv.read(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }
}
