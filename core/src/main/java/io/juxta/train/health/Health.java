package io.juxta.train.health;

import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How well embeddings use their space: what shows a collapse, with or without labels. All three are figures of the same
 * sample in every epoch; {@link Diagnosis} says what to make of them.
 *
 * @param embeddingStd standard deviation of a dimension, the mean over dimensions, times sqrt(D): 1 where embeddings
 *     point everywhere alike, 0 where all are the same (Chen and He 2021, "Exploring Simple Siamese Representation
 *     Learning", figure 2)
 * @param effectiveRank how many directions the embeddings use: the exponential of the entropy of their normalised
 *     singular values, from 1 to min(N, D) (Roy and Vetterli 2007, "The effective rank")
 * @param meanCosine of all pairs of different embeddings: about 0 where they spread, 1 where all are the same
 */
@API(status = API.Status.INTERNAL)
public record Health(double embeddingStd, double effectiveRank, double meanCosine) {
    static final String STD = "embedding_std";
    static final String RANK = "effective_rank";
    static final String COSINE = "mean_cosine";

    /**
     * Measures in float64 on the CPU.
     *
     * @param embeddings (N, D), rows of length 1, N at least 2
     * @return NaN in all places where an embedding is not finite
     */
    public static Health of(Tensor embeddings) {
        if (embeddings.dim() != 2 || embeddings.size(0) < 2) {
            throw new IllegalArgumentException("health needs at least 2 embeddings in a matrix");
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor z = embeddings.cpu().to(ScalarType.Double);
            if (!z.isfinite().all().item_bool()) {
                return new Health(Double.NaN, Double.NaN, Double.NaN);
            }
            return new Health(spread(z), effectiveRank(z), meanCosine(z));
        }
    }

    private static double spread(Tensor z) {
        return z.std(new long[] {0}, false).mean().item_double() * Math.sqrt(z.size(1));
    }

    private static double effectiveRank(Tensor z) {
        Tensor values = torch.linalg_svdvals(z).contiguous();
        double[] singular = new double[Math.toIntExact(values.numel())];
        values.data_ptr_double().get(singular);
        return Math.exp(Entropy.of(singular));
    }

    /** |sum of z|^2 is the sum of the products of all pairs, each embedding with itself included. */
    private static double meanCosine(Tensor z) {
        double n = z.size(0);
        Tensor sum = z.sum(0);
        double pairs = sum.mul(sum).sum().item_double() - z.mul(z).sum().item_double();
        return pairs / (n * (n - 1));
    }

    /** Puts the figures among an epoch's metrics: {@code embedding_std}, {@code effective_rank}, {@code mean_cosine}. */
    public void putInto(Map<String, Double> metrics) {
        metrics.put(STD, embeddingStd);
        metrics.put(RANK, effectiveRank);
        metrics.put(COSINE, meanCosine);
    }
}
