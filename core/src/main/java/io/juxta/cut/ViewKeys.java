package io.juxta.cut;

import static io.juxta.cut.CutOptions.check;

import io.juxta.data.Unpaired.Pairing;
import io.juxta.image.Augmentation;
import io.juxta.image.Filter;
import io.juxta.image.Preprocess;
import io.juxta.train.recipe.Default;

/**
 * What is seen of an image, see {@link Preprocess}.
 *
 * @param preprocess {@code resize_and_crop}; {@code zoom_and_patch} in SinCUT
 * @param loadSize in pixels: 286; from the first epoch of decay on, {@code crop-size}
 * @param cropSize in pixels: 256; 64 in SinCUT
 * @param flip whether half of the views are flipped
 * @param pairing which image of the target comes with one of the source: {@code random} or {@code serial}
 * @param randomScaleMax how much {@code zoom_and_patch} shrinks a side at most: 3
 */
public record ViewKeys(
        @Default("resize_and_crop") String preprocess,
        @Default("286") int loadSize,
        @Default("256") int cropSize,
        @Default("true") boolean flip,
        @Default("random") Pairing pairing,
        @Default("3") double randomScaleMax) {
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
