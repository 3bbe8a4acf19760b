package io.juxta.train.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * The recipes that come with the library, by name: {@code folder/moco-v2} is what {@code recipes/folder/moco-v2.yaml}
 * is in the sources.
 *
 * <pre>{@code
 * for (String name : Recipes.names()) {
 *     System.out.println(name + ": " + Recipes.purpose(name));
 * }
 * MocoRecipe recipe = MocoRecipe.bind(Recipes.named("folder/moco-v2").with(List.of("epochs=50")));
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Recipes {
    private static final String ROOT = "/io/juxta/recipes/";

    private Recipes() {}

    /** All names, those for anybody's pictures first. */
    public static List<String> names() {
        return resource("index").lines().toList();
    }

    /**
     * A recipe by its name.
     *
     * @param name {@code folder/moco-v2}; {@code recipes/} before it and {@code .yaml} behind it do no harm
     * @throws RecipeException when no recipe is called so; it suggests the nearest
     */
    public static Recipe named(String name) {
        return Recipe.parse(text(name), plain(name));
    }

    /**
     * A recipe by its file or its name. What exists as a file is that file, whatever it is called.
     *
     * @throws RecipeException when it is neither, or is no recipe
     */
    public static Recipe find(Path fileOrName) {
        return isFile(fileOrName) ? Recipe.read(fileOrName) : named(fileOrName.toString());
    }

    /**
     * The text of a recipe by its file or its name, as it was written.
     *
     * @throws RecipeException when it is neither
     */
    public static String text(Path fileOrName) {
        return isFile(fileOrName) ? RecipeParser.text(fileOrName) : text(fileOrName.toString());
    }

    /**
     * The text of a recipe by its name, as it was written.
     *
     * @throws RecipeException when no recipe is called so; it suggests the nearest
     */
    public static String text(String name) {
        String plain = plain(name);
        if (!names().contains(plain)) {
            throw unknown(name, plain);
        }
        return resource(plain + ".yaml");
    }

    /**
     * What a recipe is for: the comment at its head, as one line.
     *
     * @throws RecipeException when no recipe is called so
     */
    public static String purpose(String name) {
        return head(text(name));
    }

    /** The comment that a recipe's text begins with, as one line; empty where it begins otherwise. */
    static String head(String text) {
        return text.lines()
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip())
                .collect(Collectors.joining(" "));
    }

    /** A folder may be called as a recipe is; a pipe is as good as a file. */
    private static boolean isFile(Path given) {
        return Files.exists(given) && !(Files.isDirectory(given) && names().contains(plain(given.toString())));
    }

    private static String plain(String name) {
        return name.replace('\\', '/').replaceFirst("^(\\./)?(recipes/)?", "").replaceFirst("\\.ya?ml$", "");
    }

    private static RecipeException unknown(String given, String plain) {
        String shown = RecipeValue.show(given);
        String stem = plain.substring(plain.lastIndexOf('/') + 1);
        List<String> alike = names().stream()
                .filter(name -> name.endsWith("/" + stem))
                .limit(3)
                .toList();
        String nearest = alike.isEmpty() ? RecipeText.nearest(plain, names()).orElse("") : String.join(" or ", alike);
        return new RecipeException(shown + ": no such file, and no recipe is called so; "
                + (nearest.isEmpty() ? "" : "did you mean " + nearest + "? ") + "juxta recipes lists them");
    }

    private static String resource(String path) {
        try (InputStream in = Recipes.class.getResourceAsStream(ROOT + path)) {
            if (in == null) {
                throw new IllegalStateException("recipes/" + path + " is missing from the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
