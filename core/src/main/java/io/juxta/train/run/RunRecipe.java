package io.juxta.train.run;

import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * The recipe that a run goes on by: that of its {@code recipe.yaml}, or of its checkpoint where the file is not whole.
 *
 * @param recipe complete, so that nothing is left to a default
 * @param remark what was wrong with the file, one line; empty where nothing was
 */
@API(status = API.Status.INTERNAL)
public record RunRecipe(Recipe recipe, Optional<String> remark) {
    private static final int LARGEST = 1 << 20;

    /**
     * @param run the run's folder
     * @param checkpoint to go on from; empty for the last
     * @throws IOException when the file is not whole and no checkpoint has the recipe, in one line that says what to do
     */
    public static RunRecipe read(Path run, Optional<Path> checkpoint) throws IOException {
        Path file = run.resolve(RunFiles.RECIPE);
        Checkpoints checkpoints = new Checkpoints(run.resolve(RunFiles.CHECKPOINTS));
        if (!Files.exists(file) && checkpoint.or(checkpoints::newest).isEmpty()) {
            throw new IOException(run + " holds no run (no recipe.yaml): start it without --resume");
        }
        Optional<String> wrong = damage(file);
        // a damaged checkpoint is refused when it is taken up, which offers another one; any whole one has the recipe
        for (Path saved : Stream.concat(checkpoint.stream(), checkpoints.all()).toList()) {
            Optional<Recipe> recorded = recorded(saved);
            if (recorded.isPresent()) {
                Optional<String> found =
                        wrong.or(() -> missing(file, recorded.get().keys()));
                return found.isEmpty()
                        ? new RunRecipe(Recipe.read(file), Optional.empty())
                        : new RunRecipe(
                                recorded.get(),
                                Optional.of(file + ": " + found.get() + "; the recipe is taken from " + saved
                                        + ", which holds it too"));
            }
        }
        if (wrong.isPresent()) {
            throw new IOException(
                    file + ": " + wrong.get() + ", and no checkpoint holds the recipe: start the run again"
                            + " with its recipe, without --resume");
        }
        return new RunRecipe(Recipe.read(file).whole(), Optional.empty());
    }

    /** A checkpoint's recipe; nothing where it is damaged. */
    private static Optional<Recipe> recorded(Path checkpoint) {
        try {
            String text = Safetensors.metadata(checkpoint).getOrDefault("recipe", "");
            return Optional.of(Recipe.parse(text, checkpoint.toString()))
                    .filter(recipe -> !recipe.keys().isEmpty());
        } catch (IOException | RecipeException e) {
            return Optional.empty();
        }
    }

    /** Why a recipe's file is not what a run has written, as the end of a sentence. */
    private static Optional<String> damage(Path file) {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST);
        } catch (IOException e) {
            return Optional.of(Files.exists(file) ? "cannot be read (" + Replacing.reason(e) + ")" : "is missing");
        }
        String text = new String(bytes, StandardCharsets.UTF_8).replace("\0", "");
        if (text.isBlank()) {
            return Optional.of("is empty");
        }
        try {
            Recipe.read(file);
        } catch (RecipeException e) {
            return Optional.of("is damaged ("
                    + String.valueOf(e.getMessage()).replace(file + " ", "").replace(file + ": ", "") + ")");
        }
        return text.endsWith("\n") ? Optional.empty() : Optional.of("is cut short");
    }

    private static Optional<String> missing(Path file, Set<String> keys) {
        Set<String> there = Recipe.read(file).keys();
        return keys.stream()
                .filter(key -> !there.contains(key))
                .findFirst()
                .map(key -> "is cut short (it lacks " + key + ")");
    }
}
