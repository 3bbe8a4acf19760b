package io.juxta.train.recipe;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * A key of a recipe, explained by what its record says of it.
 *
 * @param key as a recipe spells it
 * @param meaning what it is, which value is for what, and in which runs it has no effect
 * @param values what it may be: {@code a whole number from 1 to 65536}, {@code cosine, step or constant}
 * @param otherwise its default, as a recipe spells it; empty where a recipe must say it
 * @param source the paper that it is from; empty for none
 * @param mayChange whether a resumed run may be given it anew
 */
@API(status = API.Status.EXPERIMENTAL)
public record KeyNote(
        String key, String meaning, String values, Optional<String> otherwise, String source, boolean mayChange) {
    private static final String TEXT = "text";

    /**
     * The keys of some records, each once, in the order of the records and their components. A component that is a
     * record itself stands for its keys, so that a record of options, such as a method's recipe, will do.
     *
     * @throws IllegalStateException when a component has no {@link Means}
     */
    public static List<KeyNote> of(List<Class<? extends Record>> types) {
        Map<String, KeyNote> notes = new LinkedHashMap<>();
        for (Class<? extends Record> type : leaves(types)) {
            for (RecordComponent component : type.getRecordComponents()) {
                KeyNote note = of(component);
                notes.putIfAbsent(note.key, note);
            }
        }
        return List.copyOf(notes.values());
    }

    /** The records that hold keys themselves, for those that hold such records. */
    static List<Class<? extends Record>> leaves(List<Class<? extends Record>> types) {
        List<Class<? extends Record>> leaves = new ArrayList<>();
        for (Class<? extends Record> type : types) {
            List<Class<? extends Record>> inner = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                if (component.getType().isRecord()) {
                    inner.add(component.getType().asSubclass(Record.class));
                }
            }
            leaves.addAll(inner.isEmpty() ? List.of(type) : leaves(inner));
        }
        return leaves;
    }

    private static KeyNote of(RecordComponent component) {
        Means means = component.getAnnotation(Means.class);
        if (means == null) {
            throw new IllegalStateException(component + " of " + component.getDeclaringRecord() + " lacks @Means");
        }
        Default declared = component.getAnnotation(Default.class);
        Optional<String> otherwise = declared != null
                ? Optional.of(declared.value())
                : component.getType() == Optional.class ? Optional.of("null") : Optional.empty();
        return new KeyNote(
                RecipeBinder.key(component),
                means.value(),
                values(component.getGenericType(), component.getAnnotation(Range.class), means.unit()),
                otherwise,
                means.source(),
                component.isAnnotationPresent(MayChange.class));
    }

    private static String values(Type type, @Nullable Range range, String unit) {
        if (type instanceof ParameterizedType generic) {
            Type inner = generic.getActualTypeArguments()[0];
            return generic.getRawType() == Optional.class
                    ? values(inner, range, unit) + ", or null"
                    : "a list, each " + values(inner, range, unit);
        }
        if (type instanceof Class<?> c && c.isEnum()) {
            List<String> names =
                    Arrays.stream(c.getEnumConstants()).map(RecipeType::spell).toList();
            return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.get(names.size() - 1);
        }
        if (type == boolean.class || type == String.class) {
            return type == boolean.class ? "true or false" : TEXT;
        }
        boolean whole = type == int.class || type == Integer.class || type == long.class || type == Long.class;
        return (whole ? "a whole number" : "a number")
                + (unit.isEmpty() ? "" : " of " + unit)
                + (range == null ? "" : limits(range));
    }

    private static String limits(Range range) {
        String low = Double.isFinite(range.least()) ? " from " + number(range.least()) : "";
        low = Double.isFinite(range.above()) ? " above " + number(range.above()) : low;
        String high = "";
        if (Double.isFinite(range.most())) {
            high = low.startsWith(" from") ? " to " : low.isEmpty() ? " at most " : " and at most ";
            high += number(range.most());
        } else if (Double.isFinite(range.below())) {
            high = (low.isEmpty() ? " below " : " and below ") + number(range.below());
        } else if (low.startsWith(" from")) {
            high = " on";
        }
        return low + high;
    }

    private static String number(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    /** All but the key and its meaning: {@code a whole number from 1 to 65536; default 128; He et al. 2020}. */
    public String facts() {
        List<String> facts = new ArrayList<>(values.equals(TEXT) ? List.of() : List.of(values));
        facts.add(otherwise.map(value -> "default " + value).orElse("no default"));
        if (mayChange) {
            facts.add("may change when a run goes on");
        }
        if (!source.isEmpty()) {
            facts.add(source);
        }
        return facts.stream().collect(Collectors.joining("; "));
    }
}
