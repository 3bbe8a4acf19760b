package io.juxta.eval.translation;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * Options of {@link KernelDistance}.
 */
@API(status = API.Status.EXPERIMENTAL)
public record KernelOptions(
        @Means(
                value = "subsets that the mean and the deviation of KID are taken over",
                source = "Bińkowski et al. 2018")
        @Range(least = 1)
        @MayChange
        @Key("kid-subsets")
        @Default("100")
        int subsets,

        @Means(
                value = "images of each set in a subset; of smaller sets all",
                unit = "images",
                source = "Bińkowski et al. 2018")
        @Range(least = 2)
        @MayChange
        @Key("kid-subset-size")
        @Default("1000")
        int subsetSize,

        @Means("of the subsets") @Key("seed") @Default("0") long seed) {
    public KernelOptions {
        if (subsets < 1) {
            throw new IllegalArgumentException("kid-subsets " + subsets + " must be at least 1 (the default is 100)");
        }
        if (subsetSize < 2) {
            throw new IllegalArgumentException(
                    "kid-subset-size " + subsetSize + " must be at least 2 (the default is 1000)");
        }
    }

    /** 100 subsets of 1000, seed 0. */
    public static KernelOptions defaults() {
        return new KernelOptions(100, 1000, 0);
    }
}
