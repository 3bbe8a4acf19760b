package io.juxta.train.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/** A recipe with every key explained, in comments: it is a recipe still, and says the same. */
@API(status = API.Status.INTERNAL)
public final class Explanation {
    private static final int WIDTH = 80;
    private static final Pattern LINE = Pattern.compile("([A-Za-z][\\w-]*)\\s*:.*");

    private Explanation() {}

    /**
     * A recipe's text with what each key means, what it may be and what it is by default above its line. Keys that the
     * recipe leaves to their defaults come at the end, with them.
     *
     * @param text of a recipe
     * @param name what messages call it
     * @param types the records of its method
     * @throws RecipeException when it is no recipe, or not for these records
     */
    public static String of(String text, String name, List<Class<? extends Record>> types) {
        Recipe recipe = Recipe.parse(text, name);
        KeyNote.leaves(types).forEach(recipe::bind);
        recipe.checkAllKnown();
        Map<String, KeyNote> left = new LinkedHashMap<>();
        KeyNote.of(types).forEach(note -> left.put(note.key(), note));
        List<String> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher key = LINE.matcher(line);
            KeyNote note = key.matches() ? left.remove(key.group(1)) : null;
            if (note == null) {
                lines.add(line);
                continue;
            }
            explain(note, lines);
            lines.add(line);
        }
        if (!left.isEmpty()) {
            lines.add("");
            lines.add("# Left to their defaults:");
        }
        for (KeyNote note : left.values()) {
            explain(note, lines);
            lines.add(note.key() + ": " + note.otherwise().orElseThrow());
        }
        return String.join("\n", lines) + "\n";
    }

    private static void explain(KeyNote note, List<String> lines) {
        if (!lines.isEmpty() && !lines.get(lines.size() - 1).isBlank()) {
            lines.add("");
        }
        wrap(note.meaning(), lines);
        wrap(note.facts(), lines);
    }

    private static void wrap(String words, List<String> lines) {
        StringBuilder line = new StringBuilder("#");
        for (String word : words.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH && line.length() > 1) {
                lines.add(line.toString());
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
    }
}
