package io.juxta.eval;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.MayChange;

/**
 * Options of {@link Knn}; the defaults are those of MoCo's CIFAR-10 notebook.
 *
 * @param k neighbours that vote, 200; at most the size of the bank
 * @param temperature T of a vote's weight exp(similarity / T), 0.1; at least 0.02, or the votes overflow float32
 * @param layer the feature compared; the notebook takes the head's output
 */
public record KnnOptions(
        @MayChange @Key("knn-k") @Default("200") int k,
        @MayChange @Key("knn-t") @Default("0.1") double temperature,
        @MayChange @Key("knn-layer") @Default("head") Layer layer) {
    public KnnOptions {
        if (k < 1) {
            throw new IllegalArgumentException("knn-k " + k + " must be at least 1 (the notebook's is 200)");
        }
        if (!(temperature >= 0.02 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("knn-t " + temperature
                    + " must be at least 0.02, or exp(1 / knn-t) overflows (the notebook's is 0.1)");
        }
    }

    /** The notebook's: k 200, T 0.1, the head's output. */
    public static KnnOptions defaults() {
        return new KnnOptions(200, 0.1, Layer.HEAD);
    }
}
