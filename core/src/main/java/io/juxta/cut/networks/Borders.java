package io.juxta.cut.networks;

import io.juxta.torch.Autocast;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Pixels around an image, in the type that the image has. */
final class Borders {
    private Borders() {}

    /** Continued by its reflection, without the border itself. */
    static Tensor reflected(Tensor x, long pixels) {
        return Autocast.outside(x, image -> torch.reflection_pad2d(image, pixels, pixels, pixels, pixels));
    }

    /** Continued by what stands at the border. */
    static Tensor repeated(Tensor x, long pixels) {
        return Autocast.outside(x, image -> torch.replication_pad2d(image, pixels, pixels, pixels, pixels));
    }
}
