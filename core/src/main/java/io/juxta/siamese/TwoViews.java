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
    /** The first view first. */
    TwoViews map(UnaryOperator<Tensor> each) {
        return new TwoViews(each.apply(first), each.apply(second));
    }
}
