package io.juxta.runs.methods;

import io.juxta.data.Dataset;
import io.juxta.data.Relabelled;
import io.juxta.eval.neighbours.KnnOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/** The held-out images of a run, if kNN can be measured on them. */
@API(status = API.Status.INTERNAL)
public final class HeldOut {
    private HeldOut() {}

    /** @param why gets a line where it cannot, and where it can with caution */
    public static Optional<Dataset> of(
            Dataset images, Optional<Dataset> heldOut, KnnOptions knn, Consumer<String> why) {
        if (heldOut.isEmpty()
                || images.classes().isEmpty()
                || heldOut.get().classes().isEmpty()) {
            why.accept("kNN is not measured: it needs classes, and held-out images in a folder test or val");
            return Optional.empty();
        }
        Dataset asked;
        try {
            asked = Relabelled.like(images, heldOut.get());
        } catch (IOException e) {
            why.accept("kNN is not measured: " + e.getMessage());
            return Optional.empty();
        }
        if (images.classes().size() < 2) {
            why.accept(
                    "kNN is not measured: with no class but " + images.classes().get(0) + " it would always be 100 %");
            return Optional.empty();
        }
        for (Dataset dataset : List.of(images, asked)) {
            for (int i = 0; i < dataset.size(); i++) {
                if (dataset.label(i) < 0) {
                    why.accept("kNN is not measured: " + dataset.name(i)
                            + " is in no class; move it into a class's folder");
                    return Optional.empty();
                }
            }
        }
        if (knn.k() > images.size()) {
            throw new IllegalArgumentException("knn-k " + knn.k() + " is above the number of training images, "
                    + images.size() + ": set it to at most " + images.size());
        }
        knn.caution(images.size(), images.classes().size()).ifPresent(why);
        return Optional.of(asked);
    }
}
