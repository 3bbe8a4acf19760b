package io.juxta.eval.neighbours;

import io.juxta.distributed.Communicator;
import io.juxta.eval.Accuracy;
import io.juxta.eval.Labels;
import io.juxta.torch.Computing;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Classifies by the k nearest neighbours in a bank of features, each voting for its class with weight
 * {@code exp(similarity / T)}: the monitor of MoCo's CIFAR-10 notebook (facebookresearch/moco,
 * {@code colab/moco_cifar10_demo.ipynb}, {@code knn_predict}), after Wu et al., 2018, section 3.4.
 *
 * <pre>{@code
 * Accuracy accuracy = Knn.evaluate(test.values(), test.labels(), train.values(), train.labels(), KnnOptions.defaults());
 * }</pre>
 *
 * <p>Queries and bank are compared in blocks, so that memory is bounded by the features themselves and 64 MB.
 */
@API(status = API.Status.INTERNAL)
public final class Knn {
    private static final long QUERY_BLOCK = 1 << 8;

    private Knn() {}

    /**
     * The sum of the votes for each class.
     *
     * @param queries (Q, D), rows of length 1
     * @param bank (N, D), rows of length 1, of the queries' type and on their device
     * @param labels int64 (N), from 0 to {@code classes - 1}
     * @param classes C
     * @param options k and T
     * @return (Q, C), of the queries' type
     * @throws IllegalArgumentException when k is above N, shapes do not agree, or a label is out of range
     */
    public static Tensor scores(Tensor queries, Tensor bank, Tensor labels, int classes, KnnOptions options) {
        check(queries, bank, labels, classes, options);
        Tensor scores = torch.zeros(new long[] {queries.size(0), classes}, queries.options());
        try (NoGradGuard guard = new NoGradGuard()) {
            for (long from = 0; from < queries.size(0); from += QUERY_BLOCK) {
                vote(from, queries, bank, labels, scores, options);
            }
        }
        return scores;
    }

    /**
     * Classifies queries whose classes are known.
     *
     * @param queries (Q, D), rows of length 1
     * @param queryLabels int64 (Q)
     * @param bank (N, D), rows of length 1
     * @param bankLabels int64 (N); the number of classes is the largest label of either plus 1
     * @throws IllegalArgumentException as {@link #scores}, and where there is no query
     */
    public static Accuracy evaluate(
            Tensor queries, Tensor queryLabels, Tensor bank, Tensor bankLabels, KnnOptions options) {
        return evaluate(queries, queryLabels, bank, bankLabels, options, Communicator.single());
    }

    /** The same by several processes, which have the same features; each classifies its part of the queries. */
    public static Accuracy evaluate(
            Tensor queries,
            Tensor queryLabels,
            Tensor bank,
            Tensor bankLabels,
            KnnOptions options,
            Communicator communicator) {
        if (queries.size(0) == 0 || bank.size(0) == 0) {
            throw new IllegalArgumentException(
                    "kNN needs images to classify and a bank: there are " + queries.size(0) + " and " + bank.size(0));
        }
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            long largest =
                    Math.max(queryLabels.max().item_long(), bankLabels.max().item_long());
            if (queryLabels.size(0) != queries.size(0) || queryLabels.min().item_long() < 0) {
                throw new IllegalArgumentException("kNN needs a class for each of the " + queries.size(0) + " images");
            }
            long from = queries.size(0) * communicator.rank() / communicator.size();
            long mine = queries.size(0) * (communicator.rank() + 1) / communicator.size() - from;
            Tensor scores =
                    scores(queries.narrow(0, from, mine), bank, bankLabels, Math.toIntExact(largest + 1), options);
            long[] right = Accuracy.right(scores, queryLabels.narrow(0, from, mine));
            Tensor all = Tensor.create(right);
            communicator.sum(all);
            all.data_ptr_long().get(right);
            return Accuracy.of(right[0], right[1], queries.size(0));
        }
    }

    private static void check(Tensor queries, Tensor bank, Tensor labels, int classes, KnnOptions options) {
        if (queries.dim() != 2 || bank.dim() != 2 || queries.size(1) != bank.size(1)) {
            throw new IllegalArgumentException("queries and bank must be (Q, D) and (N, D)");
        }
        if (labels.dim() != 1 || labels.size(0) != bank.size(0)) {
            throw new IllegalArgumentException(
                    "the bank has " + bank.size(0) + " features and labels for " + labels.numel());
        }
        if (options.k() > bank.size(0)) {
            throw new IllegalArgumentException("knn-k " + options.k() + " is above the " + bank.size(0)
                    + " features of the bank: choose at most " + bank.size(0));
        }
        Labels.check(labels, classes, "the bank");
    }

    /** Adds the votes for a block of queries to its scores. */
    private static void vote(long from, Tensor queries, Tensor bank, Tensor labels, Tensor scores, KnnOptions options) {
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            long size = Math.min(QUERY_BLOCK, queries.size(0) - from);
            T_TensorTensor_T nearest = Nearest.of(queries.narrow(0, from, size), bank, options.k());
            Tensor weights =
                    nearest.get0().div(new Scalar(options.temperature())).exp(); // q x k
            Tensor classes = labels.index_select(0, nearest.get1().flatten()).view(size, options.k());
            scores.narrow(0, from, size).scatter_add_(1, classes, weights);
        }
    }
}
