package io.juxta.moco;

import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.train.recipe.Default;

/**
 * What MoCo sees of an image.
 *
 * @param augmentation {@code moco-v1}, {@code moco-v2} or {@code cifar-notebook}; both views are draws of the same
 * @param imageSize side of a view: 224 for photos, 32 for CIFAR-10
 * @param normalization {@code imagenet} or {@code cifar10}
 */
public record ViewOptions(
        @Default("moco-v2") String augmentation,
        @Default("224") int imageSize,
        @Default("imagenet") Statistics normalization) {
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
