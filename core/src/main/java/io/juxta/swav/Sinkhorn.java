package io.juxta.swav;

import io.juxta.distributed.Communicator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The assignment of B samples to K prototypes in equal parts (Caron et al., 2020, section 3.1, equation 3): a few rounds
 * of Sinkhorn's scaling of exp(scores / ε), first so that every prototype gets 1/K of the whole, then so that every
 * sample gives 1/B. The last scaling is over samples, so that of the result each row sums to 1, and the columns only
 * nearly to B / K.
 */
@API(status = API.Status.INTERNAL)
public final class Sinkhorn {
    private static final long[] SAMPLES = {0};
    private static final long[] PROTOTYPES = {1};

    private Sinkhorn() {}

    /**
     * The assignment, by logarithms: equal to {@link #plain} where that is finite, and finite for every ε above 0, also
     * where exp(1 / ε) is more than float32 holds (ε below 0.0113).
     *
     * @param scores (B, K), cosines of samples and prototypes
     * @param epsilon ε, above 0: 0.05 in the paper; less makes sharper assignments
     * @param iterations rounds: 3 in the paper; with 0 the rows do not sum to 1
     * @return (B, K), without gradient
     */
    public static Tensor assign(Tensor scores, double epsilon, int iterations) {
        return assign(scores, epsilon, iterations, Communicator.single(), scores.size(0));
    }

    /**
     * The same over several processes, each with some of the samples.
     *
     * @param scores of this process's samples, (b, K)
     * @param B the number of samples of all processes
     * @return of this process's samples, (b, K)
     */
    static Tensor assign(Tensor scores, double epsilon, int iterations, Communicator communicator, long B) {
        require(epsilon, iterations);
        try (NoGradGuard guard = new NoGradGuard()) {
            double logB = Math.log(B);
            double logK = Math.log(scores.size(1));
            Tensor log = scores.div(new Scalar(epsilon)); // b x K
            log.sub_(over(communicator, log.flatten().logsumexp(SAMPLES, true).unsqueeze(0)));
            for (int i = 0; i < iterations; i++) {
                log.sub_(over(communicator, log.logsumexp(SAMPLES, true))).sub_(new Scalar(logK));
                log.sub_(log.logsumexp(PROTOTYPES, true)).sub_(new Scalar(logB));
            }
            return log.add_(new Scalar(logB)).exp_();
        }
    }

    /** The logarithm of the sum over all processes, of logarithms (1, n) in each. */
    private static Tensor over(Communicator communicator, Tensor log) {
        return communicator.size() == 1 ? log : communicator.gather(log).logsumexp(SAMPLES, true);
    }

    /** The assignment as the equation is written; infinite or no number where exp(scores / ε) is. */
    static Tensor plain(Tensor scores, double epsilon, int iterations) {
        require(epsilon, iterations);
        try (NoGradGuard guard = new NoGradGuard()) {
            Scalar B = new Scalar((double) scores.size(0));
            Scalar K = new Scalar((double) scores.size(1));
            Tensor Q = scores.div(new Scalar(epsilon)).exp(); // B x K
            Q = Q.div(Q.sum());
            for (int i = 0; i < iterations; i++) {
                Q = Q.div(Q.sum(SAMPLES, true, new ScalarTypeOptional())).div(K);
                Q = Q.div(Q.sum(PROTOTYPES, true, new ScalarTypeOptional())).div(B);
            }
            return Q.mul(B);
        }
    }

    private static void require(double epsilon, int iterations) {
        if (!(epsilon > 0) || iterations < 0) {
            throw new IllegalArgumentException("epsilon " + epsilon + " must be above 0 (0.05 is the paper's), "
                    + "sinkhorn-iterations " + iterations + " at least 0");
        }
    }
}
