package io.juxta.eval.neighbours;

import io.juxta.eval.Layer;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * Options of {@link Knn}; the defaults are those of MoCo's CIFAR-10 notebook.
 */
@API(status = API.Status.EXPERIMENTAL)
public record KnnOptions(
        @Means(value = "neighbours that vote", source = "Wu et al. 2018; He et al. 2020, CIFAR demo")
        @Range(least = 1)
        @MayChange
        @Key("knn-k")
        @Default("200")
        @OnlyWith(key = "knn-every")
        int k,

        @Means(value = "T of a vote's weight exp(similarity / T)", source = "Wu et al. 2018")
        @Range(least = 0.02)
        @MayChange
        @Key("knn-t")
        @Default("0.1")
        @OnlyWith(key = "knn-every")
        double temperature,

        @Means("the feature compared: the backbone's, or the head's, as the authors' CIFAR demo does")
        @MayChange
        @Key("knn-layer")
        @Default("head")
        @OnlyWith(key = "knn-every")
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

    /**
     * What to say of a k that is large for its bank: where it is above the images of a class, neighbours of other classes
     * vote whatever the encoder knows, and of a k near the whole bank nothing else is left.
     *
     * @param bank images that are asked
     * @param classes of them
     * @return one line, where there is something to say
     */
    public Optional<String> caution(int bank, int classes) {
        int each = bank / Math.max(1, classes);
        if (k <= each) {
            return Optional.empty();
        }
        int better = Math.max(1, Math.min(20, each / 2));
        return Optional.of(String.format(
                Locale.ROOT,
                "knn-k %,d is above the %,d images that a class has in the bank of %,d: others vote too, whatever the"
                        + " encoder knows; knn-k %d asks the nearest alone",
                k,
                each,
                bank,
                better));
    }

    /** The same with a k of at most the images that are asked, which are fewer where some cannot be read. */
    KnnOptions within(int bank) {
        return new KnnOptions(Math.min(k, Math.max(1, bank)), temperature, layer);
    }

    /** The notebook's: k 200, T 0.1, the head's output. */
    public static KnnOptions defaults() {
        return new KnnOptions(200, 0.1, Layer.HEAD);
    }
}
