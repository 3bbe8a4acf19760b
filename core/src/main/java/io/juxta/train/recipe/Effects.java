package io.juxta.train.recipe;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Finds values that somebody has set for a run in which they change nothing. */
final class Effects {
    private Effects() {}

    /**
     * @param records all that are bound of a recipe
     * @param values what the recipe and those who changed it say
     * @throws RecipeException naming the first key that was set in vain, why, and what would give it an effect
     */
    static void require(Collection<? extends Record> records, Map<String, RecipeValue> values) {
        Map<String, String> spelt = RecipeBinder.spell(List.copyOf(records));
        for (Record record : records) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                OnlyWith only = component.getAnnotation(OnlyWith.class);
                RecipeValue value = values.get(RecipeBinder.key(component));
                String other = only == null ? null : spelt.get(only.key());
                if (only != null && other != null && value != null && value.isSetApart() && !isMet(only, other)) {
                    throw new RecipeException(value.where() + ": " + RecipeBinder.key(component)
                            + " has no effect with " + only.key() + " " + other + ": leave it out, or set "
                            + (only.in().length == 0
                                    ? only.key() + " to another value"
                                    : only.key() + "=" + only.in()[0] + " too"));
                }
            }
        }
    }

    private static boolean isMet(OnlyWith only, String value) {
        return only.in().length == 0
                ? !same(only.not(), value)
                : Arrays.stream(only.in()).anyMatch(allowed -> same(allowed, value));
    }

    private static boolean same(String a, String b) {
        try {
            return new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
        } catch (NumberFormatException e) {
            return Objects.equals(a, b);
        }
    }
}
