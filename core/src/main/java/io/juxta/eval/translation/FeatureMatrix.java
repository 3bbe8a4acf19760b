package io.juxta.eval.translation;

import io.juxta.torch.StateDict;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What distances between sets of features ask of them. */
final class FeatureMatrix {
    private FeatureMatrix() {}

    /** @throws IllegalArgumentException when it is no (N, D), N is below 2, or a value is no number */
    static void check(Tensor features) {
        if (features.dim() != 2 || features.size(0) < 2 || features.size(1) < 1) {
            throw new IllegalArgumentException("features " + StateDict.shape(features)
                    + " have no spread: a distance between sets needs (N, D) with N at least 2");
        }
        try (PointerScope scope = new PointerScope()) {
            if (!features.isfinite().all().item_bool()) {
                throw new IllegalArgumentException("features " + StateDict.shape(features)
                        + " hold NaN or infinity: leave out the images that they are of, or mend what made them");
            }
        }
    }

    /** @throws IllegalArgumentException when they are features of different kinds */
    static void checkWidths(long a, long b) {
        if (a != b) {
            throw new IllegalArgumentException(
                    "features of width " + a + " and " + b + " cannot be compared: make both in the same way");
        }
    }
}
