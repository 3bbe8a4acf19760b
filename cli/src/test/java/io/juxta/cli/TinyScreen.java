package io.juxta.cli;

import java.util.ArrayList;
import java.util.List;

/** What a terminal would show: it knows carriage returns, line feeds and the erasing of what is below the cursor. */
final class TinyScreen {
    private final int columns;
    private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
    private int row;
    private int column;

    TinyScreen(int columns) {
        this.columns = columns;
    }

    /** The rows after all of a text, without spaces at their ends and without empty ones at the end of all. */
    static List<String> of(String text, int columns) {
        TinyScreen screen = new TinyScreen(columns);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r') {
                screen.column = 0;
            } else if (c == '\n') {
                screen.lineFeed();
            } else if (c == '\033') {
                int end = i + 1;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                screen.control(text.substring(i + 1, end + 1));
                i = end;
            } else {
                screen.put(c);
            }
        }
        List<String> rows = new ArrayList<>(screen.rows.stream()
                .map(each -> each.toString().stripTrailing())
                .toList());
        while (!rows.isEmpty() && rows.get(rows.size() - 1).isEmpty()) {
            rows.remove(rows.size() - 1);
        }
        return rows;
    }

    private void put(char c) {
        if (column == columns) {
            lineFeed();
            column = 0;
        }
        StringBuilder line = rows.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column++, c);
    }

    private void lineFeed() {
        row++;
        while (rows.size() <= row) {
            rows.add(new StringBuilder());
        }
    }

    private void control(String code) {
        switch (code) {
            case "[J" -> {
                rows.get(row).setLength(Math.min(column, rows.get(row).length()));
                rows.subList(row + 1, rows.size()).clear();
            }
            case "[0m", "[31m", "[32m", "[33m" -> {
                // colours take no place
            }
            default -> throw new IllegalArgumentException("unknown control sequence " + code);
        }
    }
}
