package io.juxta.siamese;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * What a network makes of both views of a batch.
 *
 * @param first (n, dim), of this process's part of the batch
 * @param second of the same shape, row n from the same image
 */
record TwoViews(Tensor first, Tensor second) {
    /** What is made of one of the views. */
    @FunctionalInterface
    interface Each {
        /** @param number of the view, 0 or 1 */
        Tensor of(Tensor view, int number);
    }

    /** The first view first. */
    TwoViews map(Each each) {
        return new TwoViews(each.of(first, 0), each.of(second, 1));
    }

    /** The first view first. */
    TwoViews map(UnaryOperator<Tensor> each) {
        return map((view, number) -> each.apply(view));
    }
}
