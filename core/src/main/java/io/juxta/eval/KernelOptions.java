package io.juxta.eval;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.MayChange;

/**
 * Options of {@link KernelDistance}.
 *
 * @param subsets that the mean and the deviation are taken over, 100
 * @param subsetSize images of each set in a subset, 1000; of smaller sets all
 * @param seed of the subsets
 */
public record KernelOptions(
        @MayChange @Key("kid-subsets") @Default("100") int subsets,
        @MayChange @Key("kid-subset-size") @Default("1000") int subsetSize,
        @Key("seed") @Default("0") long seed) {
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
