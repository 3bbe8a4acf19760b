package io.juxta.train.recipe;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The types a record component may have, and how each is spelt in a recipe.
 *
 * @param expects the end of the sentence "expected ..."
 * @param read the component's value, or null where the recipe's does not fit
 */
record RecipeType(String expects, Function<RecipeValue, @Nullable Object> read) {
    /** No leading zeros: YAML 1.1 would read 010 as eight. */
    private static final Pattern NUMBER = Pattern.compile(
            "[+-]?(?:(?:0|[1-9][0-9]{0,39})(?:\\.[0-9]{0,40})?|\\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?");

    static RecipeType of(Type type) {
        if (type instanceof ParameterizedType generic) {
            RecipeType inner = of(generic.getActualTypeArguments()[0]);
            if (generic.getRawType() == Optional.class) {
                return new RecipeType(
                        inner.expects + ", or null",
                        value -> value.isEmpty()
                                ? Optional.empty()
                                : Optional.ofNullable(inner.read.apply(value))
                                        .map(Optional::of)
                                        .orElse(null));
            }
            if (generic.getRawType() == List.class) {
                return new RecipeType("a list, each element " + inner.expects, value -> list(inner, value));
            }
        }
        if (type == int.class || type == Integer.class) {
            return scalar("a whole number", text -> {
                Long number = whole(text);
                return number == null || number != number.intValue() ? null : number.intValue();
            });
        }
        if (type == long.class || type == Long.class) {
            return scalar("a whole number", RecipeType::whole);
        }
        if (type == double.class || type == Double.class) {
            return scalar("a number", RecipeType::real);
        }
        if (type == boolean.class || type == Boolean.class) {
            return scalar(
                    "true or false",
                    text -> text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null);
        }
        if (type == String.class) {
            return scalar("text", text -> text);
        }
        if (type instanceof Class<?> c && c.isEnum()) {
            Object[] constants = c.getEnumConstants();
            return scalar(
                    "one of " + Arrays.stream(constants).map(RecipeType::spelt).collect(Collectors.joining(", ")),
                    text -> Arrays.stream(constants)
                            .filter(constant -> spelt(constant).equals(text))
                            .findFirst()
                            .orElse(null));
        }
        throw new IllegalStateException("a recipe cannot hold a " + type.getTypeName());
    }

    /** A value as a recipe spells it; {@link #read} gives it back unchanged. */
    static String spell(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.map(RecipeType::spell).orElse("null");
        }
        if (value instanceof List<?> list) {
            return list.stream().map(RecipeType::spell).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Double d) {
            double size = Math.abs(d);
            return size >= 1e-9 && size < 1e-3 ? new BigDecimal(d.toString()).toPlainString() : d.toString();
        }
        return value instanceof String text ? RecipeText.quoted(text) : spelt(value);
    }

    private static String spelt(Object value) {
        return value instanceof Enum<?> constant
                ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
                : value.toString();
    }

    private static RecipeType scalar(String expects, Function<String, @Nullable Object> read) {
        return new RecipeType(
                expects,
                value -> value.isList() || value.isEmpty()
                        ? null
                        : read.apply(value.texts().get(0)));
    }

    private static @Nullable Object list(RecipeType inner, RecipeValue value) {
        if (!value.isList()) {
            return null;
        }
        List<@Nullable Object> items = value.texts().stream()
                .map(text -> inner.read.apply(new RecipeValue(List.of(text), false, value.where())))
                .toList();
        return items.contains(null) ? null : List.copyOf(items);
    }

    private static @Nullable Long whole(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return null;
        }
        try {
            return new BigDecimal(text).longValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }

    private static @Nullable Double real(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return null;
        }
        double number = Double.parseDouble(text);
        return Double.isFinite(number) ? number : null;
    }
}
