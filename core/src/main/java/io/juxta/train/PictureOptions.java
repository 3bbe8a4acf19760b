package io.juxta.train;

import io.juxta.data.Dataset;
import io.juxta.image.Orientation;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import org.apiguardian.api.API;

/** How pictures are taken from their files. An encoder is judged on pictures that are taken as those it was trained on. */
@API(status = API.Status.INTERNAL)
public record PictureOptions(
        @Means("camera turns a picture as the camera was held, by its EXIF data; ignore takes the pixels as they are"
                + " stored, as all published protocols do")
        @Default("ignore")
        Orientation orientation) {
    /** The images as this run takes them. */
    public Dataset of(Dataset images) {
        return orientation == Orientation.CAMERA ? images.upright() : images;
    }
}
