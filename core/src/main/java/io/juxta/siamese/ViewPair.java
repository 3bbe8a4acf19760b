package io.juxta.siamese;

import io.juxta.image.Augmentation;
import io.juxta.train.embedding.Pipeline;
import io.juxta.train.embedding.Statistics;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;

/** What is seen of an image. */
@API(status = API.Status.INTERNAL)
public record ViewPair(
        @Means(
                value =
                        "how the two views are made, the first and the second: [simclr, simclr], [byol-1, byol-2] and so on",
                source = "Grill et al. 2020, table 6")
        @Default("[simclr, simclr]")
        List<Pipeline> augmentations,

        @Means(value = "side of a view: 224 for photos, 32 for CIFAR-10", unit = "px")
        @Range(least = 8, most = 4096)
        @Default("224")
        int imageSize,

        @Means(
                value =
                        "least share of the image's area that a view shows: 0.08 in most papers, 0.2 in SimSiam and MoCo v3",
                source = "Chen et al. 2020")
        @Range(most = 1, above = 0)
        @Default("0.08")
        double cropMinScale,

        @Means("whose channel means and deviations are taken; unit leaves pixels from 0 to 1, as SimCLR does")
        @Default("imagenet")
        Statistics normalization) {
    public ViewPair {
        augmentations = List.copyOf(augmentations);
        check(
                augmentations.size() == 2,
                "augmentations " + augmentations
                        + " must be two, one for each view; name one twice where they are alike");
        check(
                imageSize >= 8 && imageSize <= 4096,
                "image-size " + imageSize + " must be from 8 to 4096 (224 for photos)");
        check(
                cropMinScale > 0 && cropMinScale <= 1,
                "crop-min-scale " + cropMinScale + " must be above 0 and at most 1 (0.08 in most papers)");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** How each of the two views is made. */
    public List<Augmentation> views() {
        return augmentations.stream()
                .map(pipeline -> pipeline.of(imageSize, cropMinScale, 1, normalization.normalization()))
                .toList();
    }

    /**
     * How an image is prepared for evaluation: as it is below 64 px, otherwise its short side brought to 8/7 of the image
     * size and the centre cut out, as 256 and 224 on ImageNet.
     */
    public Augmentation evaluation() {
        return imageSize < 64
                ? Augmentation.plain(imageSize, normalization.normalization())
                : Augmentation.evaluation(Math.round(imageSize * 8 / 7f), imageSize, normalization.normalization());
    }

    /** The training view of a linear probe: crop of 0.08 to 1 of the area, flip. */
    public Augmentation linearTrain() {
        return Augmentation.linearTrain(imageSize, normalization.normalization());
    }
}
