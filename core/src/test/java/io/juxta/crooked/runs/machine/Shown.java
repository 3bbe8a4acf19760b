package io.juxta.crooked.runs.machine;

import org.bytedeco.pytorch.Tensor;

/** Shows programs what is libtorch's. */
public final class Shown {
    public Tensor tensor() {
        return new Tensor();
    }
}
