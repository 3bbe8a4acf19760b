package io.juxta.search;

import org.apiguardian.api.API;

/**
 * Fields of tables as CSV files have them (RFC 4180), and as a spreadsheet may open them: a text that begins with
 * {@code =}, {@code +}, {@code -}, {@code @}, a tab or a carriage return would be a formula there, and somebody else's
 * file name would be run. Such a text is written with an apostrophe before it, and so is one that begins with
 * apostrophes and then such a character, so that {@link #read} gives every text back as it was. Numbers stay bare.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Csv {
    private static final String FORMULA = "=+-@\t\r";

    private Csv() {}

    /** A text as a field: not a formula, and in quotes where it would otherwise be read as something else. */
    public static String quoted(String text) {
        String field = beginsAsFormula(text) ? "'" + text : text;
        boolean plain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                && field.strip().equals(field);
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    /** The text of a field that {@link #quoted} has written. */
    public static String read(String field) {
        boolean quotes = field.length() >= 2 && field.startsWith("\"") && field.endsWith("\"");
        String text = quotes ? field.substring(1, field.length() - 1).replace("\"\"", "\"") : field;
        return text.startsWith("'") && beginsAsFormula(text) ? text.substring(1) : text;
    }

    /** Behind any number of apostrophes. */
    private static boolean beginsAsFormula(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == '\'') {
            at++;
        }
        return at < text.length() && FORMULA.indexOf(text.charAt(at)) >= 0;
    }
}
