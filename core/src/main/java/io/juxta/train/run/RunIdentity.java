package io.juxta.train.run;

import io.juxta.data.Dataset;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Recipe;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * What makes a run this run and no other: a checkpoint of one is not taken into another.
 *
 * @param method {@code moco}, for instance
 * @param recipe the resolved recipe's text
 * @param changeable keys of the recipe that may differ, see {@link MayChange}
 * @param unsaid keys of the recipe that stand at their defaults: a checkpoint of before there were such keys agrees
 * @param images in the data set
 * @param names a checksum of the images' names in their order
 */
@API(status = API.Status.INTERNAL)
public record RunIdentity(
        String method, String recipe, Set<String> changeable, Set<String> unsaid, int images, String names) {
    /** With every key of the recipe said. */
    public RunIdentity(String method, String recipe, Set<String> changeable, int images, String names) {
        this(method, recipe, changeable, Set.of(), images, names);
    }

    /**
     * @param options the records that the recipe is resolved to
     * @param datasets what the run trains on, one or several
     */
    public static RunIdentity of(String method, List<? extends Record> options, Dataset... datasets) {
        return new RunIdentity(
                method,
                Recipe.write(options),
                Recipe.changeable(options),
                Recipe.unsaid(options),
                Arrays.stream(datasets).mapToInt(Dataset::size).sum(),
                checksumOfNames(datasets));
    }

    /** The recipe's values by key, as they are written. */
    public Map<String, String> settings() {
        return lines(recipe);
    }

    private static String checksumOfNames(Dataset... datasets) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Dataset dataset : datasets) {
                for (int i = 0; i < dataset.size(); i++) {
                    digest.update((dataset.name(i) + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** {@code key was -> is} for each line of the recipe that differs, split by whether it may. */
    record Changes(List<String> allowed, List<String> refused) {}

    Changes since(String recorded) {
        Map<String, String> was = lines(recorded);
        Map<String, String> is = lines(recipe);
        Changes changes = new Changes(new ArrayList<>(), new ArrayList<>());
        Map<String, String> keys = new LinkedHashMap<>(was);
        keys.putAll(is);
        for (String key : keys.keySet()) {
            String before = was.getOrDefault(key, "(nothing)");
            String now = is.getOrDefault(key, "(nothing)");
            if (!before.equals(now) && (was.containsKey(key) || !unsaid.contains(key))) {
                (changeable.contains(key) ? changes.allowed : changes.refused).add(key + " " + before + " -> " + now);
            }
        }
        return changes;
    }

    private static Map<String, String> lines(String recipe) {
        Map<String, String> lines = new LinkedHashMap<>();
        recipe.lines()
                .filter(line -> line.contains(": ") && !line.startsWith("#"))
                .forEach(line -> {
                    int colon = line.indexOf(": ");
                    lines.put(line.substring(0, colon), line.substring(colon + 2));
                });
        return lines;
    }
}
