package io.juxta.dino;

import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * DINO's loss (Caron et al., 2021, equation 3): the cross-entropy of the student's outputs for each crop under the teacher's for each of
 * its own, the same crop left out.
 *
 * <pre>{@code
 * Tensor q = SelfDistillation.targets(teacherOutputs, centre, 0.04); // 2 N x K
 * Tensor loss = SelfDistillation.loss(studentOutputs, q, List.of(0, 1), 0.1);
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class SelfDistillation {
    private SelfDistillation() {}

    /**
     * What the student is to predict: softmax((t - centre) / T), without gradient.
     *
     * @param t the teacher's outputs, (rows, K)
     * @param centre (1, K)
     * @param T the teacher's temperature: 0.04 to 0.07, the lower the sharper
     */
    public static Tensor targets(Tensor t, Tensor centre, double T) {
        return t.detach().sub(centre).div(new Scalar(T)).softmax(1);
    }

    /**
     * The mean over images and pairs of crops of {@code -q log softmax(s / T)}.
     *
     * @param s the student's outputs, (V N, K), crop after crop
     * @param targets (A N, K), crop after crop, each row's sum 1
     * @param crops which of the V crops those are of
     * @param T the student's temperature: 0.1 in the paper
     * @return a scalar
     * @throws IllegalArgumentException when no pair of different crops is left
     */
    public static Tensor loss(Tensor s, Tensor targets, List<Integer> crops, double T) {
        long N = targets.size(0) / crops.size();
        long V = s.size(0) / N;
        long pairs = crops.size() * (V - 1);
        if (pairs < 1) {
            throw new IllegalArgumentException("of " + V + " crop nothing can be predicted: it takes 2");
        }
        Tensor logarithms = s.div(new Scalar(T)).log_softmax(1); // V N x K
        Tensor all = logarithms.reshape(V, N, s.size(1)).sum(0); // N x K
        Tensor sum = all.select(0, 0).select(0, 0).mul(new Scalar(0));
        for (int a = 0; a < crops.size(); a++) {
            Tensor q = targets.narrow(0, a * N, N); // N x K
            Tensor others = all.sub(logarithms.narrow(0, crops.get(a) * N, N));
            sum = sum.sub(q.mul(others).sum());
        }
        return sum.div(new Scalar((double) (pairs * N)));
    }
}
