package io.juxta.eval;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;

/**
 * Options of {@link Knn}; the defaults are those of MoCo's CIFAR-10 notebook.
 */
public record KnnOptions(
        @Means(value = "neighbours that vote", source = "Wu et al. 2018; He et al. 2020, CIFAR demo")
        @Range(least = 1)
        @MayChange
        @Key("knn-k")
        @Default("200")
        int k,

        @Means(value = "T of a vote's weight exp(similarity / T)", source = "Wu et al. 2018")
        @Range(least = 0.02)
        @MayChange
        @Key("knn-t")
        @Default("0.1")
        double temperature,

        @Means("the feature compared: the backbone's, or the head's, as the authors' CIFAR demo does")
        @MayChange
        @Key("knn-layer")
        @Default("head")
        Layer layer) {
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
