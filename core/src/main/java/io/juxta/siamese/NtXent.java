package io.juxta.siamese;

import io.juxta.distributed.Communicator;
import io.juxta.distributed.GatheredRows;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss of SimCLR (Chen et al., 2020, eq. 1 and algorithm 1, "NT-Xent"): each of the 2N views of a batch is to be told the other
 * view of its image among the 2N - 1 others,
 *
 * <pre>l(i, j) = -log exp(cos(z_i, z_j) / T) / Σ_{k ≠ i} exp(cos(z_i, z_k) / T)</pre>
 *
 * in the mean over all 2N. The authors' program returns twice that, which a LARS step does not see but for weight decay.
 */
@API(status = API.Status.INTERNAL)
public final class NtXent {
    private NtXent() {}

    /**
     * Similarities of the own rows to all, over the temperature.
     *
     * @param z1 embeddings of the first views, (n, dim)
     * @param z2 of the second, row for row
     * @param T temperature: 0.1 on ImageNet, 0.5 on CIFAR-10
     * @param rows of all processes, N = n processes
     * @return (2n, 2N), columns 0 to N - 1 the views of the other side, in the order of the batch; then those of the own
     *     side, the row's own view at minus infinity
     */
    public static Tensor logits(Tensor z1, Tensor z2, double T, GatheredRows rows) {
        Communicator communicator = rows.communicator();
        long n = z1.size(0);
        long dim = z1.size(1);
        // side by side, so that one exchange gathers both
        Tensor both = torch.cat(new TensorVector(torch.normalize(z1), torch.normalize(z2)), 1); // n x 2 dim
        Tensor all = rows.of(both); // N x 2 dim
        Tensor own1 = both.narrow(1, 0, dim);
        Tensor own2 = both.narrow(1, dim, dim);
        Tensor all1 = all.narrow(1, 0, dim);
        Tensor all2 = all.narrow(1, dim, dim);
        Tensor self;
        try (NoGradGuard guard = new NoGradGuard()) {
            self = torch.zeros(new long[] {n, all.size(0)}, z1.options());
            self.narrow(1, communicator.rank() * n, n).fill_diagonal_(new Scalar(Double.NEGATIVE_INFINITY));
        }
        Tensor first =
                torch.cat(new TensorVector(own1.mm(all2.t()), own1.mm(all1.t()).add(self)), 1);
        Tensor second =
                torch.cat(new TensorVector(own2.mm(all1.t()), own2.mm(all2.t()).add(self)), 1);
        return torch.cat(new TensorVector(first, second), 0).div(new Scalar(T));
    }

    /**
     * The loss of the own rows.
     *
     * @return a scalar, its mean over the processes that of the batch; ln(2N - 1) is what knowing nothing costs
     */
    public static Tensor loss(Tensor z1, Tensor z2, double T, GatheredRows rows) {
        return loss(logits(z1, z2, T, rows), rows);
    }

    private static Tensor loss(Tensor logits, GatheredRows rows) {
        return torch.cross_entropy_loss(logits, positives(logits, rows));
    }

    /** (2n): the column of each row's positive. */
    private static Tensor positives(Tensor logits, GatheredRows rows) {
        long n = logits.size(0) / 2;
        Tensor of = Positives.from(rows.communicator().rank() * n, n, logits);
        return torch.cat(new TensorVector(of, of), 0);
    }

    /** {@code loss}; {@code acc1} in percent, {@code positive_logit} and {@code negative_logit}, in the mean. */
    static Map<String, Tensor> figures(Tensor z1, Tensor z2, double T, GatheredRows rows) {
        Tensor logits = logits(z1, z2, T, rows);
        Map<String, Tensor> figures = new LinkedHashMap<>();
        figures.put("loss", loss(logits, rows));
        try (NoGradGuard guard = new NoGradGuard()) {
            Positives.figures(logits.detach(), positives(logits, rows), logits.size(1) - 1, figures);
        }
        return figures;
    }
}
