package io.juxta.eval;

import java.util.Arrays;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Classes as tensors. */
@API(status = API.Status.INTERNAL)
public final class Labels {
    private Labels() {}

    /** int64 (N) on the device of another tensor. */
    public static Tensor of(int[] values, Tensor like) {
        Tensor labels = Tensor.create(Arrays.stream(values).asLongStream().toArray(), values.length);
        return labels.to(like.device(), labels.scalar_type());
    }

    /**
     * Refuses what is no class.
     *
     * @param labels int64 (N), at least one
     * @param whose for the message: "the bank"
     */
    public static void check(Tensor labels, int classes, String whose) {
        try (PointerScope scope = new PointerScope()) {
            long low = labels.min().item_long();
            long high = labels.max().item_long();
            if (low < 0 || high >= classes) {
                throw new IllegalArgumentException("the labels of " + whose + " run from " + low + " to " + high
                        + ", they must be from 0 to " + (classes - 1) + " (-1: an image without class)");
            }
        }
    }
}
