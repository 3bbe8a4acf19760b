package io.juxta.curation;

import io.juxta.eval.neighbours.Nearest;
import io.juxta.eval.probe.SoftmaxRegression;
import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;

/**
 * Which pictures to label next, on top of those that are labelled.
 *
 * @param by what they were chosen for
 * @param chosen places among the candidates, in the order of their choice: the first n are the choice of n
 * @param curve what is still to be won after each choice: for {@link By#COVERAGE} the largest distance (1 less the cosine) of
 *     a candidate to the nearest that is chosen or labelled, for {@link By#DIVERSITY} the mean of these distances, for
 *     {@link By#UNCERTAINTY} the margin of the one that was chosen
 */
@API(status = API.Status.EXPERIMENTAL)
public record Selection(By by, List<Integer> chosen, List<Double> curve) {
    /** What pictures are chosen for. */
    public enum By {
        /**
         * No picture far from all that are chosen: k-centre greedy (Gonzalez 1985; Sener and Savarese 2018, algorithm 1), whose
         * radius is at most twice the least there is. Takes outliers first.
         */
        COVERAGE,
        /**
         * All pictures near one that is chosen: facility location by lazy greedy (Nemhauser, Wolsey and Fisher 1978; Minoux 1978), whose
         * sum is at least 63 % of the greatest there is. Takes what stands for many first.
         */
        DIVERSITY,
        /** Those of which a classifier of the labelled ones is least sure: the margin of its two most probable labels. */
        UNCERTAINTY
    }

    public Selection {
        chosen = List.copyOf(chosen);
        curve = List.copyOf(curve);
    }

    /** The same, places among the candidates being those among all. */
    public Selection at(int[] places) {
        return new Selection(by, chosen.stream().map(i -> places[i]).toList(), curve);
    }

    /**
     * Chooses for coverage.
     *
     * @param candidates float32 (N, D), rows of length 1
     * @param labelled float32 (M, D), rows of length 1; M may be 0
     * @param n from 1 to N
     * @param seed decides the first where nothing is labelled
     * @param progress is told how many more are chosen
     * @throws InterruptedIOException when this thread is interrupted
     */
    public static Selection coverage(Tensor candidates, Tensor labelled, int n, long seed, IntConsumer progress)
            throws InterruptedIOException {
        check(candidates, n);
        int all = Math.toIntExact(candidates.size(0));
        float[] nearest = nearest(candidates, labelled);
        List<Integer> chosen = new ArrayList<>();
        List<Double> curve = new ArrayList<>();
        int next = labelled.size(0) == 0 ? new SplittableRandom(seed).nextInt(all) : farthest(nearest);
        try (NoGradGuard guard = new NoGradGuard()) {
            while (chosen.size() < n) {
                Stop.ifInterrupted();
                chosen.add(next);
                float[] cosines = new float[all];
                try (PointerScope scope = new PointerScope()) {
                    candidates.mv(candidates.select(0, next)).data_ptr_float().get(cosines);
                }
                for (int i = 0; i < all; i++) {
                    nearest[i] = Math.max(nearest[i], cosines[i]);
                }
                nearest[next] = Float.POSITIVE_INFINITY; // once is enough, also where all are the same
                next = farthest(nearest);
                curve.add(Math.max(0, 1.0 - Math.min(1, nearest[next])));
                progress.accept(1);
            }
        }
        return new Selection(By.COVERAGE, chosen, curve);
    }

    private static int farthest(float[] nearest) {
        int farthest = 0;
        for (int i = 1; i < nearest.length; i++) {
            farthest = nearest[i] < nearest[farthest] ? i : farthest;
        }
        return farthest;
    }

    /** The cosine of each candidate with the nearest that is labelled; -1 where none is. */
    static float[] nearest(Tensor candidates, Tensor labelled) throws InterruptedIOException {
        float[] nearest = new float[Math.toIntExact(candidates.size(0))];
        Arrays.fill(nearest, -1);
        if (labelled.size(0) == 0) {
            return nearest;
        }
        int rows = 256;
        for (int from = 0; from < nearest.length; from += rows) {
            Stop.ifInterrupted();
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                int count = Math.min(rows, nearest.length - from);
                float[] block = new float[count];
                Nearest.of(candidates.narrow(0, from, count), labelled, 1)
                        .get0()
                        .contiguous()
                        .data_ptr_float()
                        .get(block);
                System.arraycopy(block, 0, nearest, from, count);
            }
        }
        return nearest;
    }

    /**
     * Chooses for diversity.
     *
     * @param candidates float32 (N, D), rows of length 1
     * @param labelled float32 (M, D), rows of length 1; M may be 0
     * @param n from 1 to N
     * @param progress is told how many more are chosen
     * @throws InterruptedIOException when this thread is interrupted
     */
    public static Selection diversity(Tensor candidates, Tensor labelled, int n, IntConsumer progress)
            throws InterruptedIOException {
        check(candidates, n);
        return new FacilityLocation(candidates, nearest(candidates, labelled)).choose(n, progress);
    }

    /**
     * Chooses for uncertainty.
     *
     * @param candidates float32 (N, D)
     * @param labelled float32 (M, D)
     * @param labels int64 (M), from 0 to {@code classes - 1}, of at least two classes
     * @param n from 1 to N
     */
    public static Selection uncertainty(Tensor candidates, Tensor labelled, Tensor labels, int classes, int n) {
        check(candidates, n);
        int all = Math.toIntExact(candidates.size(0));
        float[] margins = new float[all];
        try (SoftmaxRegression classifier =
                        SoftmaxRegression.fit(labelled, labels, classes, SoftmaxRegression.decay(labelled.size(0)));
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            T_TensorTensor_T best = classifier.scores(candidates).softmax(1).topk(2, 1, true, true);
            best.get0()
                    .select(1, 0)
                    .sub(best.get0().select(1, 1))
                    .contiguous()
                    .data_ptr_float()
                    .get(margins);
        }
        List<Integer> chosen = IntStream.range(0, all)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> margins[i]))
                .limit(n)
                .toList();
        return new Selection(
                By.UNCERTAINTY,
                chosen,
                chosen.stream().map(i -> (double) margins[i]).toList());
    }

    private static void check(Tensor candidates, int n) {
        if (n < 1 || n > candidates.size(0)) {
            throw new IllegalArgumentException("a selection of " + n + " must be from 1 to the " + candidates.size(0)
                    + " pictures that there are to choose from");
        }
    }
}
