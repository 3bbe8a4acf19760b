package io.juxta.curation;

import io.juxta.eval.probe.SoftmaxRegression;
import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * What linear classifiers say of labels that they have not learned from, as confident learning asks (Northcutt et al., 2021): each
 * fifth of the pictures is judged by a classifier of the other four, so that a wrong label cannot speak for itself.
 */
@API(status = API.Status.INTERNAL)
public final class UnseenLabels {
    private static final int FOLDS = 5;

    /** Pictures that a classifier learns from at most: more hardly help it, and all of 100,000 would take minutes. */
    private static final int LEARNED = 10_000;

    /** Of pictures, dimensions and classes multiplied; above it nothing is asked, since it would take long. */
    private static final double MOST_WORK = 2e8;

    private UnseenLabels() {}

    /**
     * Asks them. The same pictures and labels give the same.
     *
     * @param values float32 (N, D) on the CPU
     * @param labels of each picture, below 0 where it has none
     * @param classes C, the number of labels
     * @param progress is told how many more labels are judged
     * @return of each picture {@code ln p(its label) - ln p(the likeliest)}, 0 where these are the same and where it has none;
     *     empty where there are fewer than five labels or two classes, or too much would have to be computed
     */
    public static Optional<double[]> of(Tensor values, int[] labels, int classes, IntConsumer progress)
            throws InterruptedIOException {
        int[] known =
                IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).toArray();
        double work = (double) Math.min(LEARNED, known.length) * values.size(1) * classes;
        if (known.length < FOLDS || classes < 2 || work > MOST_WORK) {
            return Optional.empty();
        }
        double[] odds = new double[labels.length];
        for (int fold = 0; fold < FOLDS; fold++) {
            Stop.ifInterrupted();
            int own = fold;
            // pictures mostly lie by class: every fifth has some of each
            int[] asked = IntStream.range(0, known.length)
                    .filter(i -> i % FOLDS == own)
                    .map(i -> known[i])
                    .toArray();
            int[] others = IntStream.range(0, known.length)
                    .filter(i -> i % FOLDS != own)
                    .map(i -> known[i])
                    .toArray();
            judge(values, labels, classes, some(others), asked, odds);
            progress.accept(asked.length);
        }
        return Optional.of(odds);
    }

    private static int[] some(int[] all) {
        int count = Math.min(LEARNED, all.length);
        return IntStream.range(0, count)
                .map(i -> all[(int) ((long) i * all.length / count)])
                .toArray();
    }

    private static void judge(Tensor values, int[] labels, int classes, int[] learned, int[] asked, double[] odds) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                SoftmaxRegression classifier = SoftmaxRegression.fit(
                        rows(values, learned),
                        Tensor.create(
                                Arrays.stream(learned).mapToLong(i -> labels[i]).toArray()),
                        classes,
                        SoftmaxRegression.decay(learned.length))) {
            float[] scores = new float[asked.length * classes]; // their differences are those of the logarithms
            classifier.scores(rows(values, asked)).contiguous().data_ptr_float().get(scores);
            for (int i = 0; i < asked.length; i++) {
                int from = i * classes;
                double most = Double.NEGATIVE_INFINITY;
                for (int c = 0; c < classes; c++) {
                    most = Math.max(most, scores[from + c]);
                }
                odds[asked[i]] = scores[from + labels[asked[i]]] - most;
            }
        }
    }

    private static Tensor rows(Tensor values, int[] rows) {
        return values.index_select(
                0, Tensor.create(Arrays.stream(rows).asLongStream().toArray()));
    }
}
