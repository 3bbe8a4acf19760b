package io.juxta.dino;

import io.juxta.image.Augmentation;
import io.juxta.train.embedding.CropKinds;
import io.juxta.train.embedding.Pipeline;
import io.juxta.train.embedding.Statistics;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/** What student and teacher see of an image: kinds of crops, of which the teacher sees the first. */
@API(status = API.Status.INTERNAL)
public record TeacherCrops(
        @Means(
                value =
                        "how many crops of each kind; the five lists have an element for each kind: two large ones that differ, and"
                                + " small ones",
                source = "Caron et al. 2021, section 3.1")
        @Range(least = 1, most = 64)
        @Default("[1, 1, 8]")
        List<Integer> crops,

        @Means(
                value = "side of each kind; the first is that of pictures in use",
                unit = "px",
                source = "Caron et al. 2021, section 3.1")
        @Range(least = 8, most = 4096)
        @Default("[224, 224, 96]")
        List<Integer> cropSizes,

        @Means(
                value = "least share of the image's area, of each kind; 0.14 and 0.05 for residual networks",
                source = "Caron et al. 2021, program")
        @Range(most = 1, above = 0)
        @Default("[0.4, 0.4, 0.05]")
        List<Double> cropMinScales,

        @Means(
                value = "largest share of the image's area, of each kind; 1 and 0.14 for residual networks",
                source = "Caron et al. 2021, program")
        @Range(most = 1, above = 0)
        @Default("[1, 1, 0.4]")
        List<Double> cropMaxScales,

        @Means(
                value =
                        "how each kind is changed: byol-1 and byol-2 the large ones, dino-local the small; cifar for small pictures",
                source = "Caron et al. 2021, section 3.2")
        @Default("[byol-1, byol-2, dino-local]")
        List<Pipeline> augmentations,

        @Means(
                value = "how many crops the teacher sees, the first ones; each is predicted from all others",
                source = "Caron et al. 2021, section 3.1")
        @Range(least = 1)
        @Default("2")
        int cropsForTeacher,

        @Means("whose channel means and deviations are taken") @Default("imagenet")
        Statistics normalization) {
    public TeacherCrops {
        crops = List.copyOf(crops);
        cropSizes = List.copyOf(cropSizes);
        cropMinScales = List.copyOf(cropMinScales);
        cropMaxScales = List.copyOf(cropMaxScales);
        augmentations = List.copyOf(augmentations);
        CropKinds kinds = new CropKinds(crops, cropSizes, cropMinScales, cropMaxScales);
        if (augmentations.size() != crops.size()) {
            throw new IllegalArgumentException("augmentations " + augmentations
                    + " must be as many as the kinds of crops " + crops + ": " + crops.size());
        }
        if (cropsForTeacher < 1 || cropsForTeacher > kinds.count()) {
            throw new IllegalArgumentException("crops-for-teacher " + cropsForTeacher + " must be from 1 to "
                    + kinds.count() + ", as many as there are crops (2 is the paper's)");
        }
    }

    CropKinds kinds() {
        return new CropKinds(crops, cropSizes, cropMinScales, cropMaxScales);
    }

    /** The numbers of the crops that the teacher sees. */
    List<Integer> taught() {
        return IntStream.range(0, cropsForTeacher).boxed().toList();
    }

    /** How each of the crops is made, in their order. */
    public List<Augmentation> views() {
        return kinds().views((kind, size, min, max) ->
                augmentations.get(kind).of(size, min, max, normalization.normalization()));
    }

    /** How an image is prepared for evaluation, see {@link CropKinds#evaluation}. */
    public Augmentation evaluation() {
        return kinds().evaluation(normalization.normalization());
    }

    /** The training view of a linear probe. */
    public Augmentation linearTrain() {
        return kinds().linearTrain(normalization.normalization());
    }
}
