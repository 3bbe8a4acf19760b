package io.juxta.train.recipe;

import java.util.List;

/**
 * One value as the recipe spells it. Numbers stay text until a record component says what they should be, so that
 * {@code 5e-4}, a string to YAML 1.1, is a number where a number is wanted.
 *
 * @param texts no element for an empty value ({@code null}, {@code ~} or nothing), one for a scalar, any number for a
 *     list
 * @param where what a person opens to mend it: {@code moco.yaml line 3} or {@code --set K=abc}
 */
record RecipeValue(List<String> texts, boolean isList, String where) {
    /** How the place of a value begins that was set beside the recipe. */
    static final String SET = "--set ";

    private static final int SHOWN = 60;

    RecipeValue {
        texts = List.copyOf(texts);
    }

    /** Whether somebody set it for this run alone, beside the recipe. */
    boolean isSetApart() {
        return where.startsWith(SET);
    }

    boolean isEmpty() {
        return !isList && texts.isEmpty();
    }

    /** The value for a message: short, and on one line whatever the file holds. */
    String shown() {
        if (isEmpty()) {
            return "nothing";
        }
        return isList ? show(texts.toString()) : "'" + show(texts.get(0)) + "'";
    }

    static String show(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
