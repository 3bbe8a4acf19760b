package io.juxta.siamese;

import io.juxta.distributed.GatheredRows;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss of VICReg (Bardes et al., 2022, eq. 6): views are to be alike (invariance), each dimension is to vary over the
 * batch with a deviation of 1 or more (variance), and no dimension is to say what another does (covariance). With weights
 * {@code sim}, {@code std} and {@code cov}:
 *
 * <pre>sim · mean (x - y)² + std · (mean relu(1 - √(var x + 1e-4)) + the same of y) / 2 + cov · (Σ_{i ≠ j} cov(x)_ij² + the same of y) / D</pre>
 */
@API(status = API.Status.INTERNAL)
public final class VarianceCovariance {
    private static final long[] ROWS = {0};
    /** Added to variances. */
    static final double EPSILON = 1e-4;

    private VarianceCovariance() {}

    /** How much each part counts: 25, 25 and 1 in the paper. */
    public record Weights(double sim, double std, double cov) {}

    /**
     * The loss of the own rows, with variances and covariances of all.
     *
     * @param x embeddings of the first views, (n, D)
     * @param y of the second, row for row
     * @param batch images in the batches of all processes together; covariances are divided by one less
     * @return a scalar, its mean over the processes that of the batch; 24.75 is what embeddings cost that are all alike
     */
    public static Tensor loss(Tensor x, Tensor y, long batch, Weights weights, GatheredRows rows) {
        return parts(x, y, batch, weights, rows).sum();
    }

    /** The three parts as they go into the loss, with gradient. */
    record Parts(Tensor invariance, Tensor variance, Tensor covariance) {
        Tensor sum() {
            return invariance.add(variance).add(covariance);
        }

        /** {@code loss}, {@code invariance}, {@code variance} and {@code covariance}. */
        Map<String, Tensor> figures() {
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put("loss", sum());
            figures.put("invariance", invariance.detach());
            figures.put("variance", variance.detach());
            figures.put("covariance", covariance.detach());
            return figures;
        }
    }

    static Parts parts(Tensor x, Tensor y, long batch, Weights weights, GatheredRows rows) {
        long D = x.size(1);
        Tensor invariance = x.sub(y).square().mean().mul(new Scalar(weights.sim));
        Tensor all = rows.of(torch.cat(new TensorVector(x, y), 1)); // N x 2 D
        Tensor centred = all.sub(all.mean(ROWS, true, new org.bytedeco.pytorch.ScalarTypeOptional()));
        Tensor deviation = centred.var(ROWS, new ScalarOptional(new Scalar(1)), false)
                .add(new Scalar(EPSILON))
                .sqrt(); // 2 D
        // both views have as many dimensions: half of each mean is the mean of both
        Tensor variance = deviation.neg().add(new Scalar(1)).relu().mean().mul(new Scalar(weights.std));
        Tensor first = covariance(centred.narrow(1, 0, D), batch);
        Tensor second = covariance(centred.narrow(1, D, D), batch);
        return new Parts(invariance, variance, first.add(second).mul(new Scalar(weights.cov / D)));
    }

    /** Σ_{i ≠ j} cov(x)_ij². */
    private static Tensor covariance(Tensor centred, long batch) {
        Tensor cov = centred.t().mm(centred).div(new Scalar((double) batch - 1));
        return OffDiagonal.of(cov).square().sum();
    }
}
