package io.juxta.eval.neighbours;

import io.juxta.data.Dataset;
import io.juxta.eval.Accuracy;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.image.Augmentation;
import java.io.IOException;
import org.apiguardian.api.API;

/** The pictures themselves as features: what an encoder must beat to be of use. */
@API(status = API.Status.INTERNAL)
public final class RawPixels {
    /** Pixels are kept of all images at once: 12 KiB each, where those of 224 x 224 would take 588. */
    private static final int SIDE = 32;

    private RawPixels() {}

    /** The side of the pictures that are compared: that of the view, or 32 where it is larger. */
    public static int side(Augmentation view) {
        return Math.min(view.size(), SIDE);
    }

    /** How the pictures that are compared are made, those of {@link #side}. */
    public static Augmentation view(Augmentation view) {
        return view.size() <= SIDE ? view : Augmentation.named("evaluation", SIDE, view.normalization());
    }

    /**
     * kNN of pictures of {@link #side}; of this process alone.
     *
     * @param bank labelled images to be compared with
     * @param queries labelled images that are classified
     * @param view how an image is prepared for an encoder; nothing random
     * @param knn k, at most the size of the bank, and T
     * @throws IOException when images cannot be read
     */
    public static Accuracy knn(Dataset bank, Dataset queries, Augmentation view, KnnOptions knn) throws IOException {
        Augmentation small = view(view);
        try (Features reference = Features.ofPixels(bank, small, FeatureOptions.Length.UNIT)
                        .readable();
                Features asked = Features.ofPixels(queries, small, FeatureOptions.Length.UNIT)
                        .readable()) {
            return Knn.evaluate(
                    asked.values(),
                    asked.labels(),
                    reference.values(),
                    reference.labels(),
                    knn.within(reference.size()));
        }
    }
}
