package io.juxta.report;

import io.juxta.train.Key;
import io.juxta.train.Recipe;
import io.juxta.train.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A run's recipe as far as a report understands it; what a method has not stays empty.
 *
 * @param text all of it
 * @param said what is used
 */
record RecipeSaid(String text, Said said) {
    /**
     * Some keys of a recipe.
     *
     * @param K keys in the queue
     * @param prototypes of each head
     * @param loss symmetric where it is a sum of two
     * @param dim width of the embedding
     */
    record Said(
            @Key("K") Optional<Integer> K,
            Optional<List<Integer>> prototypes,
            Optional<String> loss,
            Optional<Integer> dim,
            Optional<Integer> epochs,
            Optional<String> method,
            Optional<String> arch) {}

    /** @throws IOException when it is missing or no recipe, in one line */
    static RecipeSaid read(Path run) throws IOException {
        Path file = run.resolve("recipe.yaml");
        if (!Files.exists(file)) {
            throw new IOException(run + (Files.exists(run) ? " holds no run (no recipe.yaml)" : ": no such folder")
                    + ": give the folder of a run, such as runs/quickstart");
        }
        try {
            Recipe recipe = Recipe.read(file);
            return new RecipeSaid(Files.readString(file), recipe.bind(Said.class));
        } catch (RecipeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * The loss of a network that cannot tell the positive among K negatives, ln(K + 1) for each direction; or one
     * prototype from another, ln K, the mean over heads.
     */
    Optional<Double> lossOfKnowingNothing() {
        if (said.prototypes().isPresent()) {
            OptionalDouble mean = said.prototypes().get().stream()
                    .filter(K -> K >= 1)
                    .mapToDouble(Math::log)
                    .average();
            return mean.isPresent() ? Optional.of(mean.getAsDouble()) : Optional.empty();
        }
        double directions = said.loss().filter("symmetric"::equals).isPresent() ? 2 : 1;
        return said.K().filter(k -> k >= 1).map(k -> directions * Math.log(k + 1.0));
    }
}
