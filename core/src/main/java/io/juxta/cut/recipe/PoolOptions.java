package io.juxta.cut.recipe;

import static io.juxta.cut.recipe.CutOptions.check;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/** How large the pool of earlier translations is that the discriminator sees. */
@API(status = API.Status.INTERNAL)
public record PoolOptions(
        @Means(
                value = "earlier translations that the discriminator sees some of in place of new ones: 50 in CycleGAN,"
                        + " 0 for none in CUT; no effect on the generator with lambda-gan 0",
                unit = "images",
                source = "Shrivastava et al. 2017, section 2.3")
        @Range(least = 0, most = 4096)
        @Default("0")
        @OnlyWith(key = "lambda-gan")
        int poolSize) {
    private static final long LARGEST = 1L << 30;

    public PoolOptions {
        check(
                poolSize >= 0 && poolSize <= 4096,
                "pool-size " + poolSize + " must be from 0 (no pool) to 4096 (50 is CycleGAN's)");
    }

    /** @throws IllegalArgumentException when so many images of C x H x W would take more than 4 GiB */
    void requireFits(long C, long H, long W) {
        check(
                poolSize * C * H * W <= LARGEST,
                "pool-size " + poolSize + " images of " + C + " x " + H + " x " + W
                        + " would take more than 4 GiB: set at most " + LARGEST / (C * H * W));
    }
}
