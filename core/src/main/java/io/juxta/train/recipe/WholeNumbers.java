package io.juxta.train.recipe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The range of a key that takes whole numbers, as its record states it: in the refusal of what is none. */
final class WholeNumbers {
    private static final String WHOLE_NUMBER = "a whole number";

    private WholeNumbers() {}

    /**
     * The end of the sentence "expected ...", with the range where the key takes whole numbers.
     *
     * @param expects without it
     */
    static String expects(
            String expects, Class<? extends Record> record, RecordComponent component, RecipeValue given) {
        boolean tooLarge = component.getType() != long.class
                && given.texts().stream().anyMatch(text -> text.matches("[+-]?\\d{10,}"));
        return expects.replace(WHOLE_NUMBER, WHOLE_NUMBER + range(record, component, tooLarge));
    }

    private static String range(Class<? extends Record> record, RecordComponent component, boolean tooLarge) {
        String least = refusal(record, component, Integer.MIN_VALUE);
        String most = refusal(record, component, Integer.MAX_VALUE);
        if (least.isEmpty() && most.isEmpty()) {
            return tooLarge ? " from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE : "";
        }
        if (least.isEmpty() || least.equals(most)) {
            return " that " + most;
        }
        return " that " + least
                + (!most.isEmpty() ? " and " + most : tooLarge ? " and at most " + Integer.MAX_VALUE : "");
    }

    /** What the record says of a value, all else being as by default, from its "must be" on; empty where it takes it. */
    private static String refusal(Class<? extends Record> record, RecordComponent component, int value) {
        RecordComponent[] components = record.getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            boolean asked = components[i].getName().equals(component.getName());
            Object argument = asked ? argument(component, value) : RecipeBinder.byDefault(components[i]);
            if (argument == null) {
                return "";
            }
            arguments[i] = argument;
        }
        try {
            RecipeBinder.constructor(record).newInstance(arguments);
            return "";
        } catch (InvocationTargetException e) {
            String message =
                    String.valueOf(e.getCause() == null ? null : e.getCause().getMessage());
            String start = RecipeBinder.key(component) + " " + value + " ";
            return message.startsWith(start + "must be ") ? message.substring(start.length()) : "";
        } catch (ReflectiveOperationException e) {
            return "";
        }
    }

    private static @Nullable Object argument(RecordComponent component, int value) {
        if (component.getType() == int.class) {
            return value;
        }
        boolean optional = component.getType() == Optional.class
                && component.getGenericType() instanceof ParameterizedType generic
                && generic.getActualTypeArguments()[0] == Integer.class;
        return optional ? Optional.of(value) : null;
    }
}
