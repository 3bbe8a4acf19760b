package io.juxta.train.recipe;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * A flat file of options, {@code key: value}, for the records that state what may be said and what holds otherwise.
 *
 * <pre>{@code
 * record Options(@Default("256") int batchSize, @Key("K") @Default("65536") int queueSize) {}
 *
 * Recipe recipe = Recipe.read(Path.of("moco.yaml")).with(List.of("K=4096"));
 * Options options = recipe.bind(Options.class);
 * recipe.checkAllKnown();
 * Files.writeString(run.resolve("recipe.yaml"), recipe.resolved());
 * }</pre>
 *
 * <p>A component {@code batchSize} is the key {@code batch-size}; a component of one letter keeps it; {@link Key} says
 * otherwise. A component may be an {@code int}, {@code long}, {@code double}, {@code boolean}, a {@code String}, an enum
 * (in lower-case, with hyphens), a {@code List} of those, or an {@code Optional} (empty where the recipe says
 * {@code null}). Records validate in their compact constructor with an {@link IllegalArgumentException}.
 *
 * <p>Every refusal is a {@link RecipeException} of one line. A recipe is not for use by several threads.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Recipe {
    private final String name;
    private final Map<String, RecipeValue> values;
    private final boolean whole;
    private final Map<Class<? extends Record>, Record> bound = new LinkedHashMap<>();

    private Recipe(String name, Map<String, RecipeValue> values, boolean whole) {
        this.name = name;
        this.values = values;
        this.whole = whole;
    }

    /**
     * Reads a file of at most 1 MiB of UTF-8.
     *
     * @throws RecipeException when it cannot be read, says nothing, or is not flat YAML
     */
    public static Recipe read(Path file) {
        Recipe recipe = parse(RecipeParser.text(file), file.toString());
        if (recipe.values.isEmpty()) {
            throw new RecipeException(file + ": says nothing, not even a method: is it the file that was meant?");
        }
        return recipe;
    }

    /**
     * Reads a recipe from its text.
     *
     * @param name what messages call the recipe, a file name as a rule
     * @throws RecipeException when the text is not flat YAML
     */
    public static Recipe parse(String yaml, String name) {
        return new Recipe(name, RecipeParser.file(yaml, name), false);
    }

    /**
     * One of the recipes that come with the library, see {@link Recipes}.
     *
     * @param name {@code folder/moco-v2}
     * @throws RecipeException when no recipe is called so; it suggests the nearest
     */
    public static Recipe named(String name) {
        return Recipes.named(name);
    }

    /** A record with every component at its default. */
    public static <R extends Record> R defaults(Class<R> type) {
        return RecipeBinder.bind(type, Map.of(), type.getSimpleName());
    }

    /** The text of a recipe that says all that these records hold; it reads back to equal records. */
    public static String write(List<? extends Record> records) {
        return RecipeBinder.spell(records).entrySet().stream()
                .map(line -> line.getKey() + ": " + line.getValue() + "\n")
                .collect(Collectors.joining());
    }

    /** The keys of these records that a resumed run may be given anew: those with {@link MayChange}. */
    public static Set<String> changeable(List<? extends Record> records) {
        return RecipeBinder.changeable(records);
    }

    /** The keys of these records that stand at their defaults, so that a recipe need not say them. */
    public static Set<String> unsaid(List<? extends Record> records) {
        return RecipeBinder.unsaid(records);
    }

    /** What messages call this recipe. */
    public String name() {
        return name;
    }

    /** The keys that it says. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /**
     * This recipe as one that a run has written: it says every key, and {@link #checkAllKnown} refuses it where one is
     * missing, for which a default would hold without a word.
     */
    public Recipe whole() {
        return new Recipe(name, values, true);
    }

    /**
     * This recipe with some keys set anew, and nothing bound yet.
     *
     * @param overrides {@code key=value}, the value as a recipe would spell it; of two for one key the later holds
     * @throws RecipeException when one is not of that form; a key that no record knows is {@link #checkAllKnown}'s
     */
    public Recipe with(List<String> overrides) {
        Map<String, RecipeValue> changed = new LinkedHashMap<>(values);
        for (String override : overrides) {
            int equals = override.indexOf('=');
            String where = RecipeValue.SET + RecipeValue.show(override);
            String key = override.substring(0, Math.max(equals, 0)).strip();
            if (key.isEmpty()) {
                throw new RecipeException(where + ": expected key=value");
            }
            changed.put(key, RecipeParser.value(override.substring(equals + 1), where));
        }
        return new Recipe(name, changed, whole);
    }

    /**
     * This recipe with a key set anew, and nothing bound yet.
     *
     * @param value as a recipe would spell it: {@code 20}, {@code "cosine"}, {@code List.of(120, 160)}
     * @throws RecipeException when it cannot be a value; a key that no record knows is refused where records are bound
     */
    public Recipe with(String key, Object value) {
        return with(List.of(key + "=" + value));
    }

    /**
     * The record that this recipe describes, with defaults for what it does not say. Several records may be bound from
     * one recipe, and may share keys.
     *
     * @throws RecipeException when a value does not fit its component, one without default is missing, or the record's
     *     constructor refuses
     */
    public <R extends Record> R bind(Class<R> type) {
        R record = RecipeBinder.bind(type, values, name);
        bound.put(type, record);
        return record;
    }

    /** Whether this recipe says a key itself. */
    public boolean says(String key) {
        return values.containsKey(key);
    }

    /**
     * Call this once all records are bound.
     *
     * @throws RecipeException when the recipe holds a key that none of them has; it suggests the nearest that one has. And
     *     when one that should be {@link #whole} lacks a key, or when one was set that has no effect beside the others
     */
    public void checkAllKnown() {
        TreeSet<String> known = new TreeSet<>();
        bound.keySet().forEach(type -> known.addAll(RecipeBinder.keys(type)));
        List<String> unknown =
                values.keySet().stream().filter(key -> !known.contains(key)).toList();
        if (unknown.isEmpty()) {
            requireWhole(known);
            Effects.require(bound.values(), values);
            return;
        }
        String first = unknown.get(0);
        String cure = RecipeText.nearest(first, known)
                .map(key -> "; did you mean '" + key + "'?")
                .orElse("; the keys are " + String.join(", ", known));
        String others = unknown.size() == 1
                ? ""
                : " (" + (unknown.size() - 1) + " more: "
                        + RecipeValue.show(String.join(", ", unknown.subList(1, unknown.size()))) + ")";
        RecipeValue value = values.get(first);
        throw new RecipeException((value == null ? name : value.where()) + ": unknown key '" + RecipeValue.show(first)
                + "'" + cure + others);
    }

    private void requireWhole(Set<String> known) {
        known.stream()
                .filter(key -> whole && !values.containsKey(key))
                .findFirst()
                .ifPresent(key -> {
                    throw new RecipeException(name + ": is cut short: it lacks " + key
                            + ", and a run's own recipe says every key; start the run again with its recipe");
                });
    }

    /**
     * The keys of a record, and of the records that it is made of; none of them is bound.
     *
     * @param type as {@link #bind} takes it, or one whose components are such records
     */
    public static Set<String> keys(Class<? extends Record> type) {
        Set<String> keys = new TreeSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType().isRecord()) {
                keys.addAll(keys(component.getType().asSubclass(Record.class)));
            } else {
                keys.add(RecipeBinder.key(component));
            }
        }
        return keys;
    }

    /** The text of a recipe with every key of every bound record; it reads back to equal records. */
    public String resolved() {
        return write(List.copyOf(bound.values()));
    }
}
