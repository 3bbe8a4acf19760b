package io.juxta.train;

import io.juxta.data.Dataset;
import io.juxta.data.KeptImages;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * How many pictures stay in memory once they are decoded. They save the later epochs nearly half of the loader's work
 * on photos where all fit, and as good as nothing where one in a hundred does. Each of several processes keeps what it
 * has met itself: of P, all pictures only after some P epochs.
 */
@API(status = API.Status.INTERNAL)
public record ImageCache(
        @Means(
                value = "memory for decoded pictures, outside of the Java heap, in each process; 0 to decode every "
                        + "picture in every epoch",
                unit = "MiB")
        @Range(least = 0)
        @MayChange
        @Default("256")
        int imageCache) {
    public ImageCache {
        if (imageCache < 0) {
            throw new IllegalArgumentException("image-cache " + imageCache + " must be at least 0 MiB (0 for none)");
        }
    }

    /** The data set, keeping its pictures; to be closed once nobody reads them any more. */
    public KeptImages keep(Dataset images) {
        return KeptImages.of(images, (long) imageCache << 20);
    }
}
