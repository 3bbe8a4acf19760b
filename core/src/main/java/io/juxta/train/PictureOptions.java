package io.juxta.train;

import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.image.Orientation;
import io.juxta.image.SufficientSize;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import java.util.List;
import org.apiguardian.api.API;

/** How pictures are taken from their files. An encoder is judged on pictures that are taken as those it was trained on. */
@API(status = API.Status.INTERNAL)
public record PictureOptions(
        @Means("camera turns a picture as the camera was held, by its EXIF data; ignore takes the pixels as they are"
                + " stored, as all published protocols do")
        @Default("ignore")
        Orientation orientation,

        @Means(
                "scaled shrinks large pictures, as they are decoded, to what the smallest crop needs, so that image-cache holds"
                        + " more of them; whole takes every pixel, as all published protocols do")
        @Default("whole")
        Decode decode) {
    /** How much of a picture is decoded. */
    public enum Decode {
        WHOLE,
        SCALED
    }

    /**
     * The images as a run takes them.
     *
     * @param views that are made of them, those that it is judged by among them
     */
    public Dataset of(Dataset images, List<Augmentation> views) {
        Dataset turned = orientation == Orientation.CAMERA ? images.upright() : images;
        return decode == Decode.SCALED && !views.isEmpty() ? turned.shrunk(SufficientSize.of(views)) : turned;
    }
}
