package io.juxta.siamese;

import io.juxta.distributed.Communicator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss of Barlow Twins (Zbontar et al., 2021, eq. 1): the cross-correlation of two views' dimensions is to be the identity,
 *
 * <pre>Σ_i (c_ii - 1)² + λ Σ_{i ≠ j} c_ij²</pre>
 */
@API(status = API.Status.INTERNAL)
public final class CrossCorrelation {
    private CrossCorrelation() {}

    /** What the gradient is with several processes. */
    public enum Gradient {
        /** The derivative of the loss, at any number of processes. */
        EXACT,
        /** That divided by the number of processes, as the authors' program has it: weight decay then counts for more. */
        ORIGINAL
    }

    /**
     * The cross-correlation of the views of all processes.
     *
     * @param z1 embeddings of the first views, (n, D), of mean 0 and variance 1 over the batches of all processes
     * @param z2 of the second, row for row
     * @param batch images in the batches of all processes together
     * @return c, (D, D), the same in all processes
     */
    public static Tensor of(Tensor z1, Tensor z2, long batch, Gradient gradient, Communicator communicator) {
        Tensor own = z1.t().mm(z2).div(new Scalar((double) batch));
        int processes = communicator.size();
        if (processes == 1) {
            return own;
        }
        Tensor c;
        try (NoGradGuard guard = new NoGradGuard()) {
            c = own.detach().clone();
            communicator.sum(c);
        }
        // each process knows only its own rows' gradient, and the mean over processes follows
        double share = gradient == Gradient.EXACT ? processes : 1;
        return c.add(own.sub(own.detach()).mul(new Scalar(share)));
    }

    /** Σ (c_ii - 1)², what keeps the views alike; D where they have nothing in common. */
    public static Tensor onDiagonal(Tensor c) {
        return torch.diag(c).sub(new Scalar(1)).square().sum();
    }

    /** Σ c_ij² of different i and j, what keeps dimensions from saying the same. */
    public static Tensor offDiagonal(Tensor c) {
        return OffDiagonal.of(c).square().sum();
    }

    /**
     * The loss.
     *
     * @param c (D, D)
     * @param lambda λ: 0.0051 in the paper
     * @return a scalar; D is what knowing nothing costs
     */
    public static Tensor loss(Tensor c, double lambda) {
        return onDiagonal(c).add(offDiagonal(c).mul(new Scalar(lambda)));
    }

    /** {@code loss}, {@code on_diagonal} and {@code off_diagonal}, each as it goes into the loss. */
    static Map<String, Tensor> figures(Tensor c, double lambda) {
        Tensor on = onDiagonal(c);
        Tensor off = offDiagonal(c).mul(new Scalar(lambda));
        Map<String, Tensor> figures = new LinkedHashMap<>();
        figures.put("loss", on.add(off));
        figures.put("on_diagonal", on.detach());
        figures.put("off_diagonal", off.detach());
        return figures;
    }
}
