package io.juxta.swav;

import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The loss of SwAV: the assignment of one crop is predicted from every other one (Caron et al., 2020, equations 1, 2). */
@API(status = API.Status.INTERNAL)
public final class SwappedPrediction {
    private SwappedPrediction() {}

    /**
     * The mean over the crops with an assignment of the mean over all other crops of the cross-entropy between
     * assignment and softmax(scores / T). All crops count alike, whatever their size.
     *
     * @param scores (V N, K), cosines of V crops and the prototypes, crop after crop
     * @param codes (N, K), rows that sum to 1, by the crop that they belong to, from 0 to V - 1; without gradient
     * @param T temperature: 0.1 in the paper
     * @return a scalar; ln K is what knowing nothing costs
     */
    public static Tensor loss(Tensor scores, Map<Integer, Tensor> codes, double T) {
        long N = codes.values().iterator().next().size(0);
        int V = Math.toIntExact(scores.size(0) / N);
        Tensor none = torch.zeros_like(scores.detach().narrow(0, 0, N));
        TensorVector targets = new TensorVector();
        for (int v = 0; v < V; v++) {
            Tensor target = none;
            for (Map.Entry<Integer, Tensor> code : codes.entrySet()) {
                target = code.getKey() == v ? target : target.add(code.getValue());
            }
            targets.push_back(target); // N x K
        }
        Tensor log = torch.log_softmax(scores.div(new Scalar(T)), 1); // V N x K
        double terms = (double) codes.size() * (V - 1) * N;
        return torch.cat(targets, 0).mul(log).sum().div(new Scalar(-terms));
    }
}
