package io.juxta.cut.losses;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** How scores change with the images that they are for. */
final class InputGradient {
    private InputGradient() {}

    /**
     * The gradient of the sum of the scores, which can itself be differentiated. Where an image's scores depend on no other
     * image it is that of each image's own.
     *
     * @param images with {@code requires_grad}
     * @return the shape of {@code images}
     */
    static Tensor of(Tensor scores, Tensor images) {
        TensorVector gradients = torch.grad(
                new TensorVector(scores.sum()),
                new TensorVector(images),
                new TensorVector(),
                new BoolOptional(true),
                true,
                false);
        return gradients.get(0);
    }
}
