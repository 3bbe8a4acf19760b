package io.juxta.siamese;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The losses of SimSiam and BYOL: each view predicts what the other is embedded as, and nothing is compared with another image.
 * They are one: BYOL's is 4 + 4 SimSiam's.
 */
@API(status = API.Status.INTERNAL)
public final class NegativeCosine {
    private static final double EPSILON = 1e-8;

    private NegativeCosine() {}

    /**
     * SimSiam's (Chen and He 2021, eq. 2), {@code -(cos(p1, z2) + cos(p2, z1)) / 2}.
     *
     * @param p1 predictions of the first views, (n, dim)
     * @param z1 embeddings of the first views, whose gradient is stopped
     * @return a scalar, the mean over rows, from -1 to 1
     */
    public static Tensor simSiam(Tensor p1, Tensor p2, Tensor z1, Tensor z2) {
        return cosine(p1, z2).add(cosine(p2, z1)).mul(new Scalar(-0.5));
    }

    /**
     * BYOL's (Grill et al., 2020, eq. 2, symmetrised), {@code (2 - 2 cos(p1, z2)) + (2 - 2 cos(p2, z1))}: squared distances of
     * vectors of length 1.
     *
     * @param z1 embeddings of the first views by the target network
     * @return a scalar, the mean over rows, from 0 to 8
     */
    public static Tensor byol(Tensor p1, Tensor p2, Tensor z1, Tensor z2) {
        return cosine(p1, z2).add(cosine(p2, z1)).mul(new Scalar(-2)).add(new Scalar(4));
    }

    private static Tensor cosine(Tensor p, Tensor z) {
        return torch.cosine_similarity(p, z.detach(), 1, EPSILON).mean();
    }

    /** A loss with {@code target_cosine}, of predictions and what they are to be, in the mean. */
    static Map<String, Tensor> figures(Tensor loss, TwoViews p, TwoViews z) {
        Map<String, Tensor> figures = new LinkedHashMap<>();
        figures.put("loss", loss);
        try (NoGradGuard guard = new NoGradGuard()) {
            figures.put(
                    "target_cosine",
                    simSiam(p.first(), p.second(), z.first(), z.second()).neg());
        }
        return figures;
    }
}
