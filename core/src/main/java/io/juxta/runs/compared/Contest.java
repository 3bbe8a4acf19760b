package io.juxta.runs.compared;

import io.juxta.eval.Accuracy;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.eval.neighbours.Knn;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.eval.probe.SoftmaxRegression;
import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * What everybody who is compared is asked: the class of the held-out images by the 20 nearest neighbours, by the best linear
 * classifier of all labels, and by that of so many labels of each class, drawn anew for each seed, the same for all.
 */
@API(status = API.Status.INTERNAL)
public final class Contest {
    public static final String KNN = "kNN";
    public static final String LINEAR = "linear";

    private static final int[] LABELS = {1, 5, 10, 50};
    private static final int K = 20;
    private static final double T = 0.1;

    private final int classes;
    private final int seeds;

    /** @param seeds how often labels are drawn, at least 2 */
    public Contest(int classes, int seeds) {
        this.classes = classes;
        this.seeds = seeds;
    }

    /** How many answers a contender gives, at most. */
    public int tasks() {
        return 2 + LABELS.length * seeds;
    }

    /**
     * Asks one contender.
     *
     * @param bank rows of length 1, to learn from
     * @param asked rows of length 1, held out
     * @param progress is told how many more answers are there, {@link #tasks()} in all
     */
    public Contender ask(String name, Contender.Kind kind, Features bank, Features asked, IntConsumer progress)
            throws InterruptedIOException {
        Map<String, Score> scores = new LinkedHashMap<>();
        KnnOptions knn = new KnnOptions(Math.min(K, bank.size()), T, Layer.BACKBONE);
        Accuracy near = Knn.evaluate(asked.values(), asked.labels(), bank.values(), bank.labels(), knn);
        scores.put(KNN, Score.ofImages(Math.round(near.top1() / 100 * near.count()), near.count()));
        progress.accept(1);
        boolean[] right = linear(bank.values(), bank.labels(), asked);
        scores.put(LINEAR, Score.ofImages(count(right), right.length));
        progress.accept(1);
        long[] labels = labels(bank.labels());
        for (int each : LABELS) {
            double[] accuracies = new double[seeds];
            for (int seed = 0; seed < seeds; seed++) {
                Stop.ifInterrupted();
                long[] drawn = drawn(labels, classes, each, seed);
                if (drawn.length > 0) {
                    accuracies[seed] = few(bank, drawn, asked);
                }
                progress.accept(1);
            }
            if (drawn(labels, classes, each, 0).length > 0) {
                scores.put(task(each), Score.ofDraws(accuracies));
            }
        }
        return new Contender(name, kind, scores, right);
    }

    /** What so many labels of each class are called. */
    static String task(int each) {
        return each + "/class";
    }

    private double few(Features bank, long[] drawn, Features asked) {
        try (PointerScope scope = new PointerScope()) {
            Tensor rows = Tensor.create(drawn);
            boolean[] right =
                    linear(bank.values().index_select(0, rows), bank.labels().index_select(0, rows), asked);
            return 100.0 * count(right) / right.length;
        }
    }

    private boolean[] linear(Tensor features, Tensor labels, Features asked) {
        try (SoftmaxRegression classifier =
                        SoftmaxRegression.fit(features, labels, classes, SoftmaxRegression.decay(labels.size(0)));
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long[] said = labels(classifier.scores(asked.values()).argmax(new LongOptional(1), false));
            long[] wanted = labels(asked.labels());
            boolean[] right = new boolean[wanted.length];
            for (int i = 0; i < right.length; i++) {
                right[i] = said[i] == wanted[i];
            }
            return right;
        }
    }

    private static long[] labels(Tensor labels) {
        try (PointerScope scope = new PointerScope()) {
            long[] values = new long[Math.toIntExact(labels.size(0))];
            labels.cpu().contiguous().data_ptr_long().get(values);
            return values;
        }
    }

    private static int count(boolean[] right) {
        int count = 0;
        for (boolean one : right) {
            count += one ? 1 : 0;
        }
        return count;
    }

    /** Places of so many of each class; none where a class has fewer. */
    static long[] drawn(long[] labels, int classes, int each, long seed) {
        List<List<Long>> places = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            places.add(new ArrayList<>());
        }
        for (int i = 0; i < labels.length; i++) {
            places.get((int) labels[i]).add((long) i);
        }
        if (places.stream().anyMatch(of -> of.size() < each)) {
            return new long[0];
        }
        SplittableRandom random = new SplittableRandom(seed);
        long[] drawn = new long[classes * each];
        for (int c = 0; c < classes; c++) {
            List<Long> of = places.get(c);
            for (int i = 0; i < each; i++) {
                int other = i + random.nextInt(of.size() - i);
                Long one = of.get(other);
                of.set(other, of.get(i));
                of.set(i, one);
                drawn[c * each + i] = one;
            }
        }
        Arrays.sort(drawn);
        return drawn;
    }
}
