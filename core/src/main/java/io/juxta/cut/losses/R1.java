package io.juxta.cut.losses;

import io.juxta.cut.networks.Discriminator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * R1 (Mescheder, Geiger and Nowozin 2018, section 4.1): how steep the discriminator's scores are at real images. SinCUT
 * adds half of it to the discriminator's loss in every step.
 */
@API(status = API.Status.INTERNAL)
public final class R1 {
    private static final long[] IMAGE = {1, 2, 3};

    private R1() {}

    /**
     * @param real (N, C, H, W)
     * @return the mean over images of the squared norm of the gradient of their scores, a scalar; gradients flow through it
     *     to the discriminator's parameters
     */
    public static Tensor penalty(Discriminator D, Tensor real) {
        Tensor x = real.detach().set_requires_grad(true);
        return penalty(D.forward(x), x);
    }

    /**
     * The same where the scores are there already.
     *
     * @param scores of {@code real}, whose gradient is still to be had
     * @param real what {@code scores} were computed from, with {@code requires_grad}
     */
    public static Tensor penalty(Tensor scores, Tensor real) {
        return InputGradient.of(scores, real).square().sum(IMAGE).mean();
    }
}
