package io.juxta.distill;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The loss of SEED (Fang et al., 2021, section 3.2, eq. 2 to 5). D+ is the queue with the teacher's embedding of the image itself in
 * front; student and teacher each say how near the image is to every row of it, and the student is to say the same:
 *
 * <pre>
 * p = softmax(z_T D+ / τ_T)    q = softmax(z_S D+ / τ_S)    loss = - Σ p log q, the mean over images
 * </pre>
 *
 * <p>As τ_T goes to 0 it becomes MoCo's loss with the teacher's embedding as the key. The teacher's first similarity is always 1, the
 * largest there can be.
 */
@API(status = API.Status.INTERNAL)
public final class SimilarityDistillation {
    private SimilarityDistillation() {}

    /**
     * Similarities to D+, over the temperature.
     *
     * @param z embeddings, (N, dim), rows of length 1: the student's, or the teacher's
     * @param z_T the teacher's, (N, dim), rows of length 1, without gradient
     * @param queue of the teacher's embeddings, (dim, K), columns of length 1
     * @param tau temperature: 0.2 for the student, 0.01 for the teacher
     * @return (N, K + 1), the image's own first
     */
    public static Tensor logits(Tensor z, Tensor z_T, Tensor queue, double tau) {
        Tensor own = z.mul(z_T).sum(new long[] {1}, true, new ScalarTypeOptional()); // N x 1
        Tensor others = z.mm(queue); // N x K
        return torch.cat(new TensorVector(own, others), 1).div_(new Scalar(tau));
    }

    /**
     * The cross-entropy of the student's similarities to the teacher's.
     *
     * @param student logits (N, K + 1)
     * @param teacher logits (N, K + 1), without gradient
     * @return a scalar, the mean over images; ln(K + 1) is what knowing nothing costs, the teacher's entropy the least there can be
     */
    public static Tensor loss(Tensor student, Tensor teacher) {
        Tensor p = torch.softmax(teacher, 1);
        return crossEntropy(p, torch.log_softmax(student, 1));
    }

    private static Tensor crossEntropy(Tensor p, Tensor logQ) {
        return p.mul(logQ)
                .sum(new long[] {1}, false, new ScalarTypeOptional())
                .mean()
                .neg();
    }

    /**
     * What there is to know besides the loss, without waiting for the device.
     *
     * @return {@code acc1}, in percent how often nothing in D+ is nearer to the student's embedding than the teacher's of the same
     *     image; {@code teacher_entropy}, of p, the least loss there can be: scalars without gradient, in the caller's scope
     */
    static Map<String, Tensor> figures(Tensor student, Tensor teacher) {
        try (NoGradGuard guard = new NoGradGuard()) {
            long K = student.size(1) - 1;
            Tensor beaten = student.narrow(1, 1, K).lt(student.narrow(1, 0, 1)).sum(1);
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put(
                    "acc1",
                    beaten.eq(new Scalar((double) K))
                            .to(ScalarType.Double)
                            .mean()
                            .mul(new Scalar(100.0)));
            figures.put("teacher_entropy", crossEntropy(torch.softmax(teacher, 1), torch.log_softmax(teacher, 1)));
            return figures;
        }
    }
}
