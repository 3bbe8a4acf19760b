package io.juxta.train.embedding;

import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * What a method sees of an image whose views are all made alike.
 */
@API(status = API.Status.INTERNAL)
public record ViewOptions(
        @Means(value = "how views are made, all alike: moco-v1, moco-v2 or cifar-notebook", source = "Chen et al. 2020")
        @Default("moco-v2")
        String augmentation,

        @Means(value = "side of a view: 224 for photos, 32 for CIFAR-10", unit = "px")
        @Range(least = 8, most = 4096)
        @Default("224")
        int imageSize,

        @Means("whose channel means and deviations are taken") @Default("imagenet")
        Statistics normalization) {
    /** Channel means and standard deviations by the name of the data set they were taken over. */
    public enum Statistics {
        IMAGENET(Normalization.IMAGENET),
        CIFAR10(Normalization.CIFAR10);

        private final Normalization statistics;

        Statistics(Normalization statistics) {
            this.statistics = statistics;
        }

        public Normalization statistics() {
            return statistics;
        }
    }

    public ViewOptions {
        if (imageSize < 8 || imageSize > 4096) {
            throw new IllegalArgumentException("image-size " + imageSize + " must be from 8 to 4096 (224 for photos)");
        }
        try {
            Augmentation.named(augmentation, imageSize, normalization.statistics());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("augmentation: " + e.getMessage(), e);
        }
    }

    /** How a view is made for training. */
    public Augmentation view() {
        return Augmentation.named(augmentation, imageSize, normalization.statistics());
    }

    /**
     * How an image is prepared for evaluation: as it is below 64 px, otherwise its short side brought to 8/7 of the image
     * size and the centre cut out, as 256 and 224 on ImageNet.
     */
    public Augmentation evaluation() {
        return imageSize < 64
                ? Augmentation.plain(imageSize, normalization.statistics())
                : Augmentation.evaluation(Math.round(imageSize * 8 / 7f), imageSize, normalization.statistics());
    }
}
