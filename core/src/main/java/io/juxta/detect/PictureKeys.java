package io.juxta.detect;

import io.juxta.data.boxes.PixelValues;
import io.juxta.data.boxes.Resizing;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.HashSet;
import java.util.List;
import org.apiguardian.api.API;

/** How pictures come to a detector, and what may be in them. */
@API(status = API.Status.INTERNAL)
public record PictureKeys(
        @Means(value = "lengths of the short side to draw from in training", unit = "pixels")
        @Range(least = 32, most = 4096)
        @Default("[480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800]")
        List<Integer> shortSides,

        @Means(value = "the short side when detecting", unit = "pixels") @Range(least = 32, most = 4096) @Default("800")
        int testShortSide,

        @Means(value = "the long side at most: what would be longer is made smaller", unit = "pixels")
        @Range(least = 32, most = 16384)
        @Default("1333")
        int longestSide,

        @Means("whether half of the pictures are mirrored in training") @Default("true")
        boolean flip,

        @Means(
                "what becomes of a picture's bytes: imagenet for encoders of MoCo and torchvision, caffe2 for detectron2's"
                        + " supervised ones")
        @Default("imagenet")
        PixelValues pixelValues,

        @Means("names of the classes in their order; none for those of the data, in alphabetical order") @Default("[]")
        List<String> classes) {
    public PictureKeys {
        classes = List.copyOf(classes);
        new Resizing(shortSides, longestSide, flip);
        if (testShortSide < 32 || testShortSide > 4096) {
            throw new IllegalArgumentException("test-short-side " + testShortSide + " must be from 32 to 4096");
        }
        if (new HashSet<>(classes).size() < classes.size() || classes.contains("")) {
            throw new IllegalArgumentException("classes " + classes + " must differ, and each have a name");
        }
    }

    /** The same with the classes of the data. */
    public PictureKeys withClasses(List<String> names) {
        return new PictureKeys(shortSides, testShortSide, longestSide, flip, pixelValues, names);
    }

    /** In training. */
    public Resizing training() {
        return new Resizing(shortSides, longestSide, flip);
    }

    /** When detecting. */
    public Resizing detecting() {
        return new Resizing(List.of(testShortSide), longestSide, false);
    }
}
