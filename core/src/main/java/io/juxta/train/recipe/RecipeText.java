package io.juxta.train.recipe;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.juxta.data.Spelling;
import java.util.Collection;
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
        return Spelling.nearest(key, known, RecipeText::fold);
    }

    private static String fold(String key) {
        return key.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
