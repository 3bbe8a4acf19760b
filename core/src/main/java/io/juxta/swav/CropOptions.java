package io.juxta.swav;

import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.train.embedding.CropKinds;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;

/**
 * What is seen of an image: kinds of crops, each of a count, a size and a range of scales; the paper's "multi-crop"
 * (Caron et al., 2020, section 3.2). The four lists have an element for each kind.
 */
@API(status = API.Status.INTERNAL)
public record CropOptions(
        @Means(
                value = "how many crops of each kind; the four lists of crops have an element for each kind",
                source = "Caron et al. 2020, section 3.2")
        @Range(least = 1, most = 64)
        @Default("[2, 6]")
        List<Integer> crops,

        @Means(value = "side of each kind", unit = "px", source = "Caron et al. 2020")
        @Range(least = 8, most = 4096)
        @Default("[224, 96]")
        List<Integer> cropSizes,

        @Means(value = "least share of the image's area, of each kind", source = "Caron et al. 2020")
        @Range(most = 1, above = 0)
        @Default("[0.14, 0.05]")
        List<Double> cropMinScales,

        @Means(value = "largest share of the image's area, of each kind", source = "Caron et al. 2020")
        @Range(most = 1, above = 0)
        @Default("[1, 0.14]")
        List<Double> cropMaxScales,

        @Means(
                value = "which crops have an assignment, counted from 0 over all kinds: those of full size",
                source = "Caron et al. 2020")
        @Range(least = 0)
        @Default("[0, 1]")
        List<Integer> cropsForAssign,

        @Means(value = "swav, or cifar with half the colour jitter and no blur", source = "Caron et al. 2020")
        @Default("swav")
        Pipeline augmentation,

        @Means("whose channel means and deviations are taken") @Default("swav")
        Statistics normalization) {
    /** How a crop is changed. */
    public enum Pipeline {
        SWAV,
        CIFAR
    }

    /** Channel means and standard deviations by the name of what they were taken over. */
    public enum Statistics {
        SWAV(Normalization.SWAV),
        IMAGENET(Normalization.IMAGENET),
        CIFAR10(Normalization.CIFAR10);

        private final Normalization values;

        Statistics(Normalization values) {
            this.values = values;
        }
    }

    public CropOptions {
        crops = List.copyOf(crops);
        cropSizes = List.copyOf(cropSizes);
        cropMinScales = List.copyOf(cropMinScales);
        cropMaxScales = List.copyOf(cropMaxScales);
        cropsForAssign = List.copyOf(cropsForAssign);
        new CropKinds(crops, cropSizes, cropMinScales, cropMaxScales).requireAmong("crops-for-assign", cropsForAssign);
    }

    private CropKinds kinds() {
        return new CropKinds(crops, cropSizes, cropMinScales, cropMaxScales);
    }

    /** The training view of a linear probe, by the size of the first kind: crop of 0.08 to 1 of the area, flip. */
    public Augmentation linearTrain() {
        return kinds().linearTrain(normalization.values);
    }

    /** V, the number of crops of an image. */
    public int count() {
        return kinds().count();
    }

    /** How each of the V crops is made, in their order. */
    public List<Augmentation> views() {
        return kinds().views((kind, size, min, max) -> switch (augmentation) {
            case SWAV -> Augmentation.swav(size, min, max, normalization.values);
            case CIFAR -> Augmentation.cifarNotebook(size, min, max, normalization.values);
        });
    }

    /**
     * How an image is prepared for evaluation, by the size of the first kind: as it is below 64 px, otherwise its short
     * side brought to 8/7 of the size and the centre cut out.
     */
    public Augmentation evaluation() {
        return kinds().evaluation(normalization.values);
    }
}
