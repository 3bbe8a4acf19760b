package io.juxta.cut.losses;

import io.juxta.cut.networks.Discriminator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The gradient penalty of WGAN-GP (Gulrajani et al., 2017, section 4): between real images and translations the scores
 * should be as steep as the Wasserstein distance wants them.
 */
@API(status = API.Status.INTERNAL)
public final class WassersteinPenalty {
    /** The derivative of a square root at 0 is infinite. */
    private static final double EPSILON = 1e-16;

    private WassersteinPenalty() {}

    /**
     * @param real (N, C, H, W)
     * @param fake as many translations
     * @param shares (N), how much of each real image is in what is judged, uniform in [0, 1): the rest is translation
     * @return the mean over images of (norm of the gradient of their scores - 1)^2, a scalar; gradients flow through it to
     *     the discriminator's parameters
     */
    public static Tensor penalty(Discriminator D, Tensor real, Tensor fake, Tensor shares) {
        Tensor share = shares.to(real.device(), real.scalar_type()).view(-1, 1, 1, 1);
        Tensor between = fake.detach().lerp(real.detach(), share).set_requires_grad(true);
        Tensor squared = InputGradient.of(D.forward(between), between).square().sum(1, 2, 3);
        return squared.add(new Scalar(EPSILON))
                .sqrt()
                .sub(new Scalar(1.0))
                .square()
                .mean();
    }
}
