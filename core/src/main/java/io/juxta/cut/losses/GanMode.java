package io.juxta.cut.losses;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a discriminator's scores cost: means over all images, and over all patches of them. */
@API(status = API.Status.INTERNAL)
public enum GanMode {
    /** Squared distance from 1 for real, from 0 for translated (Mao et al., 2017): CUT's. */
    LSGAN,
    /** Cross-entropy, for the generator that of being taken for real (Goodfellow et al., 2014, section 3). */
    VANILLA,
    /** Wasserstein distance (Arjovsky et al., 2017); with a gradient penalty, see {@code lambda-gradient-penalty}. */
    WGANGP,
    /** The cross-entropy of {@link #VANILLA} by the name that StyleGAN2 has for it (Karras et al., 2020): SinCUT's. */
    NONSATURATING,
    /** Scores beyond 1 and -1 cost nothing (Lim and Ye 2017). */
    HINGE;

    /** What the discriminator pays for its scores of real images: a scalar. */
    public Tensor real(Tensor scores) {
        Tensor costs =
                switch (this) {
                    case LSGAN -> scores.sub(new Scalar(1.0)).square();
                    case VANILLA, NONSATURATING -> torch.softplus(scores.neg());
                    case WGANGP -> scores.neg();
                    case HINGE -> torch.relu(scores.neg().add(new Scalar(1.0)));
                };
        return costs.mean();
    }

    /** What the discriminator pays for its scores of translations: a scalar. */
    public Tensor translated(Tensor scores) {
        Tensor costs =
                switch (this) {
                    case LSGAN -> scores.square();
                    case VANILLA, NONSATURATING -> torch.softplus(scores);
                    case WGANGP -> scores;
                    case HINGE -> torch.relu(scores.add(new Scalar(1.0)));
                };
        return costs.mean();
    }

    /** What the generator pays for the discriminator's scores of its translations: a scalar. */
    public Tensor generator(Tensor scores) {
        return this == HINGE ? scores.neg().mean() : real(scores);
    }

    /** What is paid for scores that are the same for all images, at their best; NaN where nothing is the best. */
    public double undecided() {
        return switch (this) {
            case LSGAN -> 0.25;
            case VANILLA, NONSATURATING -> Math.log(2);
            case WGANGP -> Double.NaN;
            case HINGE -> 1;
        };
    }
}
