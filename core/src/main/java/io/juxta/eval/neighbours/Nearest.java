package io.juxta.eval.neighbours;

import io.juxta.torch.Computing;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The nearest rows of a bank by their product with a query, exactly, in blocks: memory is that of 32 MB of the bank. */
@API(status = API.Status.INTERNAL)
public final class Nearest {
    /** Values of the bank compared at once, 32 MB: the matrix product makes a copy of its own of what it is given. */
    private static final long BANK_BLOCK = 1 << 23;

    private Nearest() {}

    /**
     * Products (q, k), largest first, and their places in the bank, in the caller's scope.
     *
     * @param queries (q, D), a few hundred at most: all their products with a block are held at once
     * @param bank (N, D), of the queries' type and on their device
     * @param k at most N
     */
    public static T_TensorTensor_T of(Tensor queries, Tensor bank, int k) {
        TensorVector similarities = new TensorVector();
        TensorVector places = new TensorVector();
        long rows = Math.max(1, BANK_BLOCK / Math.max(1, bank.size(1)));
        for (long from = 0; from < bank.size(0); from += rows) {
            try (Computing computing = Computing.begin();
                    PointerScope block = new PointerScope()) {
                long size = Math.min(rows, bank.size(0) - from);
                Tensor similarity = products(queries, bank.narrow(0, from, size)); // q x size
                T_TensorTensor_T best = similarity.topk(Math.min(k, size), 1, true, true);
                similarities.push_back(best.get0());
                places.push_back(best.get1().add(new Scalar(from)));
            }
        }
        T_TensorTensor_T best = torch.cat(similarities, 1).topk(k, 1, true, true);
        return new T_TensorTensor_T(best.get0(), torch.cat(places, 1).gather(1, best.get1()));
    }

    /** One query alone is a product of matrix and vector, which reads the block once and makes no copy of it. */
    private static Tensor products(Tensor queries, Tensor block) {
        return queries.size(0) == 1 ? block.mv(queries.select(0, 0)).unsqueeze(0) : queries.matmul(block.t());
    }
}
