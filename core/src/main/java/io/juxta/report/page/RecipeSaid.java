package io.juxta.report.page;

import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
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
     * @param K keys in the queue, or DINO's outputs
     * @param prototypes of each head
     * @param loss symmetric where it is a sum of two, regression where it is of a teacher's embeddings
     * @param dim width of the embedding
     * @param netG the generator
     * @param lambdaNce weight of PatchNCE
     * @param numPatches patches of an image
     * @param nceNegatives {@code batch} where patches of all images of a batch are compared
     * @param cropSize of training images in pixels
     * @param T temperature
     * @param projector widths of the projector's layers
     * @param stdCoeff weight of VICReg's variance
     */
    record Said(
            @Key("K") Optional<Integer> K,
            Optional<List<Integer>> prototypes,
            Optional<String> loss,
            Optional<Integer> dim,
            Optional<Integer> epochs,
            Optional<String> method,
            Optional<String> arch,
            @Key("netG") Optional<String> netG,
            Optional<Double> lambdaNce,
            Optional<Integer> numPatches,
            Optional<String> nceNegatives,
            Optional<Integer> batchSize,
            Optional<Integer> cropSize,
            @Key("T") Optional<Double> T,
            Optional<List<Integer>> projector,
            Optional<Double> stdCoeff) {}

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
     * prototype from another, ln K, the mean over heads; or that embeds two views as if they had nothing in common; or an image
     * as if student and teacher had nothing in common.
     */
    Optional<Double> lossOfKnowingNothing() {
        if (said.projector().isPresent()) {
            return lossOfViews(said.method().orElse(""), said.projector().get());
        }
        if (said.prototypes().isPresent()) {
            OptionalDouble mean = said.prototypes().get().stream()
                    .filter(K -> K >= 1)
                    .mapToDouble(Math::log)
                    .average();
            return mean.isPresent() ? Optional.of(mean.getAsDouble()) : Optional.empty();
        }
        if (isRegression()) {
            return Optional.of(2.0);
        }
        double directions = said.loss().filter("symmetric"::equals).isPresent() ? 2 : 1;
        return said.K().filter(k -> k >= 1).map(k -> directions * Math.log(k + 1.0));
    }

    private Optional<Double> lossOfViews(String method, List<Integer> projector) {
        double N = said.batchSize().filter(batch -> batch >= 2).orElse(2);
        return switch (method) {
            case "simclr" -> Optional.of(Math.log(2 * N - 1));
            case "moco-v3" -> said.T().map(T -> 4 * T * Math.log(N));
            case "barlow-twins" -> Optional.of(1.0 * projector.get(projector.size() - 1));
            case "vicreg" -> said.stdCoeff().map(weight -> 0.99 * weight);
            case "byol" -> Optional.of(4.0);
            case "simsiam" -> Optional.of(0.0);
            case "dino" -> said.K().filter(K -> K >= 1).map(Math::log);
            default -> Optional.empty();
        };
    }

    /** Of a teacher's embeddings, which has no queue. */
    private boolean isRegression() {
        return said.loss().filter("regression"::equals).isPresent();
    }

    /** Steps until a queue holds nothing but keys, where there is one. */
    Optional<Long> stepsToFill() {
        long directions = said.loss().filter("symmetric"::equals).isPresent() ? 2 : 1;
        return said.K()
                .filter(k -> k >= 1 && !isRegression() && !said.method().equals(Optional.of("dino")))
                .flatMap(k -> said.batchSize()
                        .filter(batch -> batch >= 1)
                        .map(batch -> (k + directions * batch - 1) / (directions * batch)));
    }

    /**
     * PatchNCE where all patches are alike: ln P, times its weight. Nothing where the crops may be too small for so many
     * patches: the deepest tap of each generator is a quarter of a crop wide, or more.
     */
    Optional<Double> nceOfKnowingNothing() {
        int batch = said.nceNegatives().filter("batch"::equals).isPresent()
                ? said.batchSize().orElse(1)
                : 1;
        long least = said.cropSize().map(crop -> (crop / 4L) * (crop / 4L)).orElse(0L);
        return said.numPatches()
                .filter(P -> P >= 1 && P <= least && (long) P * batch > 1)
                .flatMap(P -> said.lambdaNce().filter(l -> l > 0).map(l -> l * Math.log((double) P * batch)));
    }
}
