package io.juxta.report.page;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * A run's {@code metrics.csv}, whatever its columns.
 *
 * @param columns their names, {@code epoch} left out
 * @param rows in rising order of their epochs
 */
record Metrics(List<String> columns, List<Row> rows) {
    private static final long LARGEST = 64 << 20;
    private static final int MOST_COLUMNS = 256;
    private static final String FIRST = "epoch";

    static final Metrics NONE = new Metrics(List.of(), List.of());

    /**
     * What was measured after some epochs.
     *
     * @param epoch epochs that were finished; 0 for before training
     * @param values one for each column, empty where it was not measured
     */
    record Row(int epoch, List<Optional<Double>> values) {
        Row {
            values = List.copyOf(values);
        }
    }

    /** What a column was after some epochs; 0 for before training. */
    record Value(int epoch, double value) {}

    Metrics {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /**
     * Reads the file, trusting nothing in it.
     *
     * @throws IOException when it is no such table, in one line that says where and what to do
     */
    static Metrics read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return NONE;
        }
        List<String> lines = lines(file);
        if (lines.isEmpty()) {
            return NONE;
        }
        String[] header = lines.get(0).split(",", -1);
        if (!header[0].equals(FIRST) || header.length > MOST_COLUMNS) {
            throw new IOException(file + " line 1: begins with '" + shown(header[0]) + "' and has " + header.length
                    + " columns; the metrics of a run begin with '" + FIRST + "' and have at most " + MOST_COLUMNS
                    + ": give the folder of a run");
        }
        List<String> columns = Arrays.asList(header).subList(1, header.length);
        for (String column : columns) {
            if (column.isBlank() || column.length() > 64) {
                throw new IOException(
                        file + " line 1: '" + shown(column) + "' is no name of a column: give the folder of a run");
            }
        }
        if (new HashSet<>(columns).size() < columns.size()) {
            throw new IOException(file + " line 1: a column is there twice: give the folder of a run");
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",", -1);
            String where = file + " line " + (i + 1) + ": ";
            if (cells.length != header.length) {
                throw new IOException(where + "has " + cells.length + " cells, the header " + header.length
                        + ": mend or remove the line");
            }
            Row row = row(where, cells);
            if (!rows.isEmpty() && row.epoch() <= rows.get(rows.size() - 1).epoch()) {
                throw new IOException(
                        where + "epoch " + row.epoch() + " is not above the one before: mend or remove the" + " line");
            }
            rows.add(row);
        }
        return new Metrics(columns, rows);
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
                throw new IOException(file + ": is no file of at most " + (LARGEST >> 20)
                        + " MiB, as the metrics of a run are: give the folder of a run");
            }
            return Files.readAllLines(file);
        } catch (MalformedInputException e) {
            throw new IOException(file + ": is not UTF-8 text: give the folder of a run", e);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": permission denied", e);
        }
    }

    private static Row row(String where, String[] cells) throws IOException {
        if (!cells[0].matches("\\d{1,9}")) {
            throw new IOException(where + "'" + shown(cells[0]) + "' is no number of epochs: mend or remove the line");
        }
        List<Optional<Double>> values = new ArrayList<>();
        for (String cell : Arrays.asList(cells).subList(1, cells.length)) {
            if (!cell.isEmpty() && !cell.matches("[-+]?[0-9]{1,20}(\\.[0-9]{0,20})?([eE][-+]?[0-9]{1,3})?")) {
                throw new IOException(where + "'" + shown(cell) + "' is no number: mend or remove the line");
            }
            Optional<Double> value = cell.isEmpty() ? Optional.empty() : Optional.of(Double.valueOf(cell));
            values.add(value.filter(Double::isFinite));
        }
        return new Row(Integer.parseInt(cells[0]), values);
    }

    private static String shown(String cell) {
        String line = cell.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= 40 ? line : line.substring(0, 40) + "...";
    }

    /** At most so many rows, evenly spread, the first and the last among them. */
    Metrics thinned(int most) {
        if (rows.size() <= most) {
            return this;
        }
        List<Row> kept = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            kept.add(rows.get((int) ((long) i * (rows.size() - 1) / (most - 1))));
        }
        return new Metrics(columns, kept);
    }

    /** What was measured of a column, in the order of the epochs; empty where there is no such column. */
    List<Value> of(String column) {
        int place = columns.indexOf(column);
        return place < 0
                ? List.of()
                : rows.stream()
                        .flatMap(row -> row.values().get(place).map(value -> new Value(row.epoch(), value)).stream())
                        .toList();
    }
}
