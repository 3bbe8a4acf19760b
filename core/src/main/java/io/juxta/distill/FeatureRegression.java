package io.juxta.distill;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The loss of feature regression (Navaneet et al., 2021, section 3): the squared distance of the student's and the teacher's
 * embeddings, both of length 1, the mean over images. It is {@code 2 - 2 cos(z_S, z_T)}, and compares no image with another.
 */
@API(status = API.Status.INTERNAL)
public final class FeatureRegression {
    private FeatureRegression() {}

    /**
     * @param z_S the student's embeddings, (N, dim), rows of length 1
     * @param z_T the teacher's of the same images, (N, dim), rows of length 1, without gradient
     * @return a scalar from 0 to 4; 2 is what embeddings cost that have nothing in common
     */
    public static Tensor loss(Tensor z_S, Tensor z_T) {
        return z_S.sub(z_T)
                .square()
                .sum(new long[] {1}, false, new ScalarTypeOptional())
                .mean();
    }
}
