package io.juxta.cut.networks;

import io.juxta.cut.strips.Chain;
import io.juxta.torch.Container;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** D: tells images of the target domain from translations. */
@API(status = API.Status.INTERNAL)
public abstract class Discriminator extends Container {
    /** @param name what libtorch calls the module in its messages */
    protected Discriminator(String name) {
        super(name);
    }

    /** Images (N, C, H, W) to scores, one for each image, (N, 1), or for each of its patches, (N, 1, h, w); large for real. */
    public abstract Tensor forward(Tensor x);

    /** Whether an image's scores depend on that image alone: it may be passed by itself then. */
    public boolean isPerImage() {
        return false;
    }

    /** The layers that make a picture of a picture. */
    public abstract Chain chain();
}
