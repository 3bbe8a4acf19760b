package io.juxta.train.recipe;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The spelling of a recipe: keys, quoted text, and what somebody may have meant. */
final class RecipeText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+][A-Za-z0-9_./+-]*");
    private static final Pattern CONTROL = Pattern.compile("[\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff]");
    private static final Set<String> NOT_TEXT = Set.of("null", "~");

    private RecipeText() {}

    /** {@code batchSize} becomes {@code batch-size}; a paper's symbol, one letter, keeps its case. */
    static String key(String component) {
        return component.length() == 1
                ? component
                : component.replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** Text as a YAML scalar: bare where that is safe, else in double quotes. */
    static String quoted(String text) {
        boolean bare = PLAIN.matcher(text).matches() && !NOT_TEXT.contains(text.toLowerCase(Locale.ROOT));
        return bare
                ? text
                : '"' + escaped(new String(JsonStringEncoder.getInstance().quoteAsString(text))) + '"';
    }

    /** YAML wants a few more characters escaped than JSON does. */
    private static String escaped(String json) {
        return CONTROL.matcher(json)
                .replaceAll(c ->
                        String.format(Locale.ROOT, "\\\\u%04x", (int) c.group().charAt(0)));
    }

    /** The known key nearest to an unknown one, unless even that is more than half different. */
    static Optional<String> nearest(String key, Collection<String> known) {
        String folded = fold(key);
        return known.stream()
                .min(Comparator.comparingInt((String other) -> distance(folded, fold(other)))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(best -> distance(folded, fold(best)) <= Math.max(folded.length(), best.length()) / 2);
    }

    private static String fold(String key) {
        return key.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Levenshtein's distance, one row at a time. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j - 1], row[j]) + 1);
            }
        }
        return row[b.length()];
    }
}
