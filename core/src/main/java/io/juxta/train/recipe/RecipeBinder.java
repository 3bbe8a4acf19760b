package io.juxta.train.recipe;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From a recipe's values to a record, and from records back to a recipe's lines. */
final class RecipeBinder {
    private RecipeBinder() {}

    static <R extends Record> R bind(Class<R> type, Map<String, RecipeValue> values, String name) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            arguments[i] = read(type, components[i], values.get(key(components[i])), name);
        }
        try {
            return constructor(type).newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException invalid) {
                throw new RecipeException(place(invalid, type, values, name) + ": " + invalid.getMessage(), invalid);
            }
            throw new IllegalStateException("the constructor of " + type.getName() + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + " cannot be bound to a recipe", e);
        }
    }

    static <R extends Record> Constructor<R> constructor(Class<R> type) throws NoSuchMethodException {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<R> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }

    /** Where the refused value stands: a record's message begins with its key. */
    private static String place(
            IllegalArgumentException refusal,
            Class<? extends Record> type,
            Map<String, RecipeValue> values,
            String name) {
        String message = String.valueOf(refusal.getMessage());
        return keys(type).stream()
                .filter(key -> message.startsWith(key + " ") || message.startsWith(key + ":"))
                .map(values::get)
                .filter(Objects::nonNull)
                .map(RecipeValue::where)
                .findFirst()
                .orElse(name);
    }

    /** The keys of some records with their values spelt out, in the order of the records and their components. */
    static Map<String, String> spell(Iterable<? extends Record> records) {
        Map<String, String> lines = new LinkedHashMap<>();
        for (Record record : records) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                String spelt = RecipeType.spell(valueOf(component, record));
                String other = lines.put(key(component), spelt);
                if (other != null && !other.equals(spelt)) {
                    throw new IllegalStateException(
                            "two records differ about '" + key(component) + "': " + other + " and " + spelt);
                }
            }
        }
        return lines;
    }

    static List<String> keys(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents()).map(RecipeBinder::key).toList();
    }

    /** The keys that a resumed run may be given anew. */
    static Set<String> changeable(Iterable<? extends Record> records) {
        Set<String> keys = new HashSet<>();
        for (Record record : records) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                if (component.isAnnotationPresent(MayChange.class)) {
                    keys.add(key(component));
                }
            }
        }
        return keys;
    }

    /** The keys that stand at their defaults. */
    static Set<String> unsaid(Iterable<? extends Record> records) {
        Set<String> keys = new HashSet<>();
        for (Record record : records) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                boolean has = component.isAnnotationPresent(Default.class) || component.getType() == Optional.class;
                RecipeType type = RecipeType.of(component.getGenericType());
                if (has && otherwise(component, type, "").equals(valueOf(component, record))) {
                    keys.add(key(component));
                }
            }
        }
        return keys;
    }

    static String key(RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        return key == null ? RecipeText.key(component.getName()) : key.value();
    }

    private static Object read(
            Class<? extends Record> record, RecordComponent component, @Nullable RecipeValue given, String name) {
        RecipeType type = RecipeType.of(component.getGenericType());
        if (given == null) {
            return otherwise(component, type, name);
        }
        Object value = type.read().apply(given);
        if (value == null) {
            throw new RecipeException(given.where() + ": " + key(component) + ": expected "
                    + WholeNumbers.expects(type.expects(), record, component, given) + ", not " + given.shown());
        }
        return value;
    }

    /** What a component is where the recipe does not say; null where it must. */
    static @Nullable Object byDefault(RecordComponent component) {
        boolean has = component.isAnnotationPresent(Default.class) || component.getType() == Optional.class;
        return has ? otherwise(component, RecipeType.of(component.getGenericType()), "@Default") : null;
    }

    private static Object otherwise(RecordComponent component, RecipeType type, String name) {
        Default declared = component.getAnnotation(Default.class);
        if (declared == null && component.getType() == Optional.class) {
            return Optional.empty();
        }
        if (declared == null) {
            throw new RecipeException(
                    name + ": " + key(component) + ": missing; expected " + type.expects() + " (it has no default)");
        }
        Object value = type.read().apply(RecipeParser.value(declared.value(), "@Default"));
        if (value == null) {
            throw new IllegalStateException("the default of " + component + " is not " + type.expects());
        }
        return value;
    }

    private static Object valueOf(RecordComponent component, Record record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }
}
