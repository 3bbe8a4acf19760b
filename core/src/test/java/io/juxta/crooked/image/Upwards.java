package io.juxta.crooked.image;

import io.juxta.crooked.train.Loop;
import org.bytedeco.pytorch.Tensor;

/** A picture that knows the loop and libtorch. */
public record Upwards(Loop loop, Tensor tensor) {}
