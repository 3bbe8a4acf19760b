package io.juxta.cut.recipe;

import static io.juxta.cut.recipe.CutOptions.check;

import io.juxta.data.Unpaired.Pairing;
import io.juxta.image.Augmentation;
import io.juxta.image.Filter;
import io.juxta.image.Preprocess;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/**
 * What is seen of an image, see {@link Preprocess}.
 */
@API(status = API.Status.INTERNAL)
public record ViewKeys(
        @Means(
                value = "what is done to an image: parts joined by _and_, of resize, scale_width, scale_shortside, "
                        + "zoom, crop, patch and trim, or none; zoom_and_patch in SinCUT",
                source = "Park et al. 2020")
        @Default("resize_and_crop")
        String preprocess,

        @Means(
                value = "the size that images are brought to before the crop; from the first epoch of decay on, "
                        + "crop-size",
                unit = "px",
                source = "Park et al. 2020")
        @Range(least = 1)
        @Default("286")
        int loadSize,

        @Means(value = "side of the square that is cut out; 64 in SinCUT", unit = "px", source = "Park et al. 2020")
        @Range(least = 1)
        @Default("256")
        int cropSize,

        @Means(value = "whether half of the views are flipped", source = "Park et al. 2020") @Default("true")
        boolean flip,

        @Means("which image of the target comes with one of the source: any, or the next") @Default("random")
        Pairing pairing,

        @Means(
                value = "how much a side is shrunk at most; only with preprocess zoom_and_patch",
                source = "Park et al. 2020, SinCUT")
        @Range(least = 1)
        @Default("3")
        double randomScaleMax) {
    private static final String SINGLE_IMAGE = "zoom_and_patch";
    private static final double LEAST_ZOOM = 0.8;

    public ViewKeys {
        check(randomScaleMax >= 1, "random-scale-max " + randomScaleMax + " must be at least 1 (3 is SinCUT's)");
        training(preprocess, loadSize, cropSize, randomScaleMax);
    }

    /** The views of training, at their first size or at that of the decay. */
    Augmentation training(int channels, boolean decaying) {
        Preprocess views = training(preprocess, decaying ? cropSize : loadSize, cropSize, randomScaleMax);
        return views.withChannels(channels).withFlip(flip ? 0.5 : 0).augmentation();
    }

    private static Preprocess training(String mode, int load, int crop, double scale) {
        return mode.equals(SINGLE_IMAGE)
                ? Preprocess.singleImage(crop, scale).withLoadSize(load)
                : new Preprocess(mode, load, crop, 3, 0.5, LEAST_ZOOM, Filter.BICUBIC);
    }

    /** The whole image as a square of the size of a crop, to be looked at and judged by. */
    public Augmentation evaluation(int channels) {
        return new Preprocess("resize", cropSize, cropSize, channels, 0, LEAST_ZOOM, Filter.BICUBIC).augmentation();
    }
}
